/** What groups of actions need of the database: their graph in tables, and one transaction for all. */
import { randomUUID } from 'node:crypto';
import { InvalidInputError } from '../../../model/errors';
import { decodeJson, type JsonObject, type JsonValue } from '../../../model/json';
import { checkParameters, checkResult } from '../inputs';
import {
  TransactionIsolationLevel,
  type ActionRegistrar,
  type DatabaseActionContext,
  type RegisteredAction,
  type RegisteredDatabaseAction,
} from '../types';

interface Graph {
  readonly dependencies: readonly { readonly actionId: string; readonly dependsOn: string }[];
  readonly syncPoints: readonly { readonly id: string; readonly waitsFor: readonly string[] }[];
}
interface Settled {
  readonly id: string;
  readonly status: 'reached' | 'failed';
}
interface GroupStep {
  readonly id: string;
  readonly actionName: string;
  readonly parameters: JsonObject;
}

export function registerGroupBuiltIns(registry: ActionRegistrar, require: (name: string) => RegisteredAction): void {
  const builtIn = { builtIn: true };
  registry.registerDatabaseAction(
    'record_action_group',
    'Keeps what depends on what in a group of actions. Called by executeActions.',
    [
      { name: 'dependencies', type: 'array', required: true },
      { name: 'syncPoints', type: 'array', required: true },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    (params, context) => recordGraph(params as unknown as Graph, context),
    builtIn,
  );
  registry.registerDatabaseAction(
    'settle_sync_points',
    'Notes that sync points of a group were reached, or cannot be. Called by executeActions.',
    [
      { name: 'groupId', type: 'string', required: true },
      { name: 'points', type: 'array', required: true },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ groupId, points }, { transaction }) => {
      const at = new Date().toISOString();
      for (const { id, status } of points as Settled[]) {
        await transaction('workflow_sync_points')
          .where({ group_id: groupId, sync_point_id: id })
          .update({ status, reached_at: status === 'reached' ? at : null });
      }
    },
    builtIn,
  );
  registry.registerDatabaseAction(
    'run_action_group',
    'Runs database actions in one transaction, in the order given. Called by executeActions.',
    [{ name: 'actions', type: 'array', required: true }],
    ({ actions }) =>
      strictest((actions as unknown as GroupStep[]).map(({ actionName }) => member(require, actionName))),
    async ({ actions }, context) => ({ results: await runSteps(require, actions as GroupStep[], context) }),
    builtIn,
  );
}

async function recordGraph({ dependencies, syncPoints }: Graph, context: DatabaseActionContext) {
  const { transaction, tenant, executionId } = context;
  const groupId = randomUUID();
  const group = { group_id: groupId, tenant_id: tenant, execution_id: executionId === '' ? null : executionId };
  await transaction('workflow_action_dependencies').insert(
    dependencies.map(({ actionId, dependsOn }) => ({
      ...group,
      action_id: actionId,
      depends_on_action_id: dependsOn,
    })),
  );
  await transaction('workflow_sync_points').insert(
    syncPoints.map(({ id, waitsFor }) => ({ ...group, sync_point_id: id, waits_for: waitsFor, status: 'open' })),
  );
  return { groupId };
}

/** @throws InvalidInputError for anything but a database action. */
function member(require: (name: string) => RegisteredAction, actionName: string): RegisteredDatabaseAction {
  const definition = require(actionName);
  if (definition.kind === 'database') return definition;
  throw new InvalidInputError(
    `Action "${definition.name}" is no database action: it cannot be part of a transaction. Run it in a group without one.`,
  );
}

async function runSteps(
  require: (name: string) => RegisteredAction,
  steps: readonly GroupStep[],
  context: DatabaseActionContext,
): Promise<{ id: string; result: JsonValue }[]> {
  const results: { id: string; result: JsonValue }[] = [];
  for (const { id, actionName, parameters } of steps) {
    const definition = member(require, actionName);
    const { params } = await checkParameters(definition, parameters);
    const result = await definition.handler(params, memberContext(context, id));
    results.push({ id, result: decodeJson(await checkResult(definition, result)) });
  }
  return results;
}

/** What an action of a group is told: all that its group is, with a key of its own. */
function memberContext(group: DatabaseActionContext, id: string): DatabaseActionContext {
  const { tenant, executionId, commandId, eventId, correlationId, attempt, transaction, reportProgress } = group;
  return {
    tenant,
    executionId,
    commandId,
    eventId,
    correlationId,
    attempt,
    transaction,
    reportProgress,
    idempotencyKey: `${group.idempotencyKey}:${id}`,
    get db() {
      return group.db;
    },
    get signal() {
      return group.signal;
    },
    get logger() {
      return group.logger;
    },
  };
}

const strictness = [
  TransactionIsolationLevel.READ_UNCOMMITTED,
  TransactionIsolationLevel.READ_COMMITTED,
  TransactionIsolationLevel.REPEATABLE_READ,
  TransactionIsolationLevel.SERIALIZABLE,
];

function strictest(members: readonly RegisteredDatabaseAction[]): TransactionIsolationLevel {
  const ranks = members.map(({ isolationLevel }) =>
    typeof isolationLevel === 'function' ? strictness.length - 1 : strictness.indexOf(isolationLevel),
  );
  return strictness[Math.max(1, ...ranks)] ?? TransactionIsolationLevel.SERIALIZABLE;
}
