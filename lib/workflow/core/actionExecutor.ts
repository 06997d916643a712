/** Groups of actions outside of workflows: in parallel where nothing says otherwise, in order where it does. */
import { randomUUID } from 'node:crypto';
import type { Loose } from '../model/loose';
import { getActionRegistry, type ActionRegistry } from './actionRegistry';
import { planWaves } from './actions/actionGraph';

export interface ActionToExecute {
  /** What others refer to in `dependsOn`; the action's name unless given. */
  readonly id?: string;
  readonly actionName: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Ids of actions that must have succeeded before. */
  readonly dependsOn?: readonly string[];
  /**
   * What its failure means for the others. `stop` (default): no further wave begins. `continue`: only what depends on
   * it is left out.
   */
  readonly onError?: 'stop' | 'continue';
}

/** The event that the actions answer to. With an id, executing the same actions again repeats no effect. */
export interface CausingEvent {
  readonly event_id?: string;
  readonly execution_id?: string;
}

export interface ExecutedAction {
  readonly id: string;
  readonly actionName: string;
  readonly success: boolean;
  readonly result?: Loose;
  /** Why it failed, or why it was not begun. */
  readonly error?: string;
  /** Not begun, because of another one's failure. */
  readonly skipped?: true;
}

export interface ActionExecutor {
  /**
   * Runs the actions wave by wave; those of a wave run at the same time. Answers with one result for each, in the order
   * given, and does not reject because an action failed.
   * @throws InvalidInputError before anything runs: an unknown dependency, a cycle, an id used twice.
   * @throws UnknownActionError before anything runs.
   */
  executeActions(
    actions: readonly ActionToExecute[],
    event: CausingEvent,
    tenant: string,
  ): Promise<readonly ExecutedAction[]>;
}

export function createActionExecutor(registry: ActionRegistry = getActionRegistry()): ActionExecutor {
  return {
    executeActions: async (actions, event, tenant) => {
      const steps = actions.map((action) => ({
        ...action,
        id: action.id ?? action.actionName,
        dependsOn: action.dependsOn ?? [],
      }));
      const waves = planWaves(steps);
      for (const { actionName } of steps) registry.requireAction(actionName);
      const cause = event.event_id ?? randomUUID();
      const results = new Map<string, ExecutedAction>();
      let stoppedBy: string | null = null;
      for (const wave of waves) {
        const done = await Promise.all(
          wave.map(async (step) => {
            const missing = step.dependsOn.find((id) => !results.get(id)?.success);
            const reason = missing ?? stoppedBy;
            if (reason !== null) return skipped(step, reason);
            return execute(registry, step, { tenant, cause, event });
          }),
        );
        for (const result of done) results.set(result.id, result);
        stoppedBy ??= wave.find(({ id, onError }) => isFailure(results.get(id)) && onError !== 'continue')?.id ?? null;
      }
      return steps.flatMap(({ id }) => results.get(id) ?? []);
    },
  };
}

const isFailure = (result: ExecutedAction | undefined): boolean =>
  result !== undefined && !result.success && result.skipped === undefined;

function skipped({ id, actionName }: ActionToExecute & { readonly id: string }, because: string): ExecutedAction {
  return { id, actionName, success: false, skipped: true, error: `Not begun, because "${because}" did not succeed.` };
}

async function execute(
  registry: ActionRegistry,
  { id, actionName, parameters }: ActionToExecute & { readonly id: string },
  { tenant, cause, event }: { readonly tenant: string; readonly cause: string; readonly event: CausingEvent },
): Promise<ExecutedAction> {
  try {
    const result: unknown = await registry.executeAction(actionName, {
      tenant,
      ...(event.execution_id === undefined ? {} : { executionId: event.execution_id }),
      eventId: cause,
      idempotencyKey: `${cause}:${id}`,
      parameters: parameters ?? {},
    });
    return { id, actionName, success: true, result };
  } catch (error) {
    return { id, actionName, success: false, error: error instanceof Error ? error.message : String(error) };
  }
}
