/** Groups of actions outside of workflows: in parallel where nothing says otherwise, in order where it does. */
import { randomUUID } from 'node:crypto';
import type { ExecutedAction, GroupMember, GroupOptions } from '../model/actionGroups';
import { hashText } from '../model/hash';
import { runGroup, transactGroupOf, type GroupHost } from '../replay/actionGroup';
import { planGroup } from '../replay/actionGraph';
import { getActionRegistry, type ActionRegistry } from './actionRegistry';

export type {
  ActionToExecute,
  ExecutedAction,
  FailureStrategy,
  GroupMember,
  GroupOptions,
  SyncPoint,
} from '../model/actionGroups';

/** The event that the actions answer to. With an id, executing the same actions again repeats no effect. */
export interface CausingEvent {
  readonly event_id?: string;
  readonly execution_id?: string;
}

export interface ActionExecutor {
  /**
   * Runs the actions wave by wave; those of a wave run at the same time. Answers with one result for each, in the order
   * given, and does not reject because an action failed. Inside a workflow use `context.executeActions`.
   * @throws InvalidInputError before anything runs: an unknown dependency, a cycle, an id used twice.
   * @throws UnknownActionError before anything runs.
   */
  executeActions(
    actions: readonly GroupMember[],
    event: CausingEvent,
    tenant: string,
    options?: GroupOptions,
  ): Promise<readonly ExecutedAction[]>;
}

export function createActionExecutor(registry: ActionRegistry = getActionRegistry()): ActionExecutor {
  return {
    executeActions: async (actions, event, tenant, options = {}) => {
      const plan = planGroup(actions, options);
      for (const { action } of plan.actions) {
        registry.requireAction(action.actionName);
        if (action.compensateWith) registry.requireAction(action.compensateWith.actionName);
      }
      const host = hostOf(registry, event, tenant);
      return options.transaction === true ? transactGroupOf(plan, host) : runGroup(plan, host);
    },
  };
}

function hostOf(registry: ActionRegistry, event: CausingEvent, tenant: string): GroupHost {
  const cause = event.event_id ?? randomUUID();
  return {
    run: ({ actionName, parameters, key }) => {
      // What the executor records of a group is told apart by its content: one event may cause several groups.
      const own = registry.requireAction(actionName).builtIn ? `:${hashText(JSON.stringify(parameters))}` : '';
      return registry.executeAction(actionName, {
        tenant,
        ...(event.execution_id === undefined ? {} : { executionId: event.execution_id }),
        eventId: cause,
        idempotencyKey: `${cause}:${key}${own}`,
        parameters,
      });
    },
    mayRetry: (actionName) => {
      const definition = registry.requireAction(actionName);
      return definition.kind !== 'simple' || !definition.atMostOnce;
    },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
