/**
 * Runs a group of actions over a few abilities of its host: inside a workflow, where every call is a command of its
 * log, and outside, where every call has a key of its own. The order of calls depends on nothing but the plan and
 * their outcomes, so that a replay makes the same ones.
 */
import type { ExecutedAction } from '../model/actionGroups';
import type { ActionNode, GroupNode, GroupPlan, SyncNode } from './actionGraph';

export interface GroupCall {
  readonly actionName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Tells the calls of one group apart: `id`, `id:undo`. Another attempt of a call has the same one. */
  readonly key: string;
  /** It takes back what another call of the group did. */
  readonly isUndo?: true;
}

export interface GroupHost {
  /** Rejects when the action failed. */
  run(call: GroupCall): Promise<unknown>;
  pause(ms: number): Promise<void>;
  /** Whether a call that failed like this may be made again: an action that is `atMostOnce` may not. */
  mayRetry(actionName: string, error: unknown): boolean;
}

/** The actions that keep a group's graph in tables, where it can be looked at. */
const recordGroup = 'record_action_group';
const settleSyncPoints = 'settle_sync_points';
/** Runs a whole group in one transaction. */
const transactGroup = 'run_action_group';

const defaultRetry = { attempts: 3, backoffMs: 200 };

/** One result for each action, in the order of the plan. Does not reject because an action failed. */
export async function runGroup(plan: GroupPlan, host: GroupHost): Promise<readonly ExecutedAction[]> {
  return new GroupRun(plan, host).run();
}

/** The same in one transaction: all succeed, or none has happened. */
export async function transactGroupOf(plan: GroupPlan, host: GroupHost): Promise<readonly ExecutedAction[]> {
  const order = plan.waves.flat().filter((node) => node.kind === 'action');
  const actions = order.map(({ id, action }) => ({
    id,
    actionName: action.actionName,
    parameters: action.parameters ?? {},
  }));
  const groupId = await openGroup(plan, host);
  let results: ReadonlyMap<string, unknown> | null = null;
  let failure = '';
  try {
    const answer = (await host.run({ actionName: transactGroup, parameters: { actions }, key: 'group' })) as {
      results: readonly { id: string; result: unknown }[];
    };
    results = new Map(answer.results.map(({ id, result }) => [id, result]));
  } catch (error) {
    failure = messageOf(error);
  }
  const status = results ? 'reached' : 'failed';
  await settle(
    plan.syncPoints.map(({ id }) => [id, status] as const),
    groupId,
    host,
    'sync',
  );
  return plan.actions.map(({ id, action: { actionName } }) =>
    results
      ? { id, actionName, success: true, result: results.get(id) }
      : { id, actionName, success: false, error: failure },
  );
}

class GroupRun {
  readonly #results = new Map<string, ExecutedAction>();
  readonly #reached = new Map<string, boolean>();
  /** Why nothing more begins: the actions of one wave that failed. */
  #stoppedBy: readonly ActionNode[] = [];
  #settlements = 0;

  constructor(
    private readonly plan: GroupPlan,
    private readonly host: GroupHost,
  ) {}

  async run(): Promise<readonly ExecutedAction[]> {
    const groupId = await openGroup(this.plan, this.host);
    let end: { readonly error: unknown } | null = null;
    try {
      await this.#runWaves(groupId);
    } catch (error) {
      end = { error };
    }
    // Also where the group itself ends before its time, as by a cancel during a pause: what is to be taken back is.
    if (this.#stoppedBy.some(({ onError }) => onError === 'compensate')) await this.#compensate();
    if (end) throw end.error;
    return this.plan.actions.flatMap(({ id }) => this.#results.get(id) ?? []);
  }

  async #runWaves(groupId: string | null): Promise<void> {
    for (const wave of this.plan.waves) {
      await this.#runWave(wave.filter((node) => node.kind === 'action'));
      await this.#settleSyncPoints(
        wave.filter((node) => node.kind === 'sync'),
        groupId,
      );
    }
  }

  /** Rejects, once all have ended, with what ended a pause between two tries. */
  async #runWave(nodes: readonly ActionNode[]): Promise<void> {
    const ends = await Promise.allSettled(nodes.map((node) => this.#runNode(node)));
    for (const end of ends) if (end.status === 'fulfilled') this.#results.set(end.value.id, end.value);
    if (this.#stoppedBy.length === 0) {
      this.#stoppedBy = nodes.filter(({ id, onError }) => {
        const result = this.#results.get(id);
        return result !== undefined && !result.success && !result.skipped && onError !== 'continue';
      });
    }
    const cut = ends.find((end) => end.status === 'rejected');
    if (cut) throw cut.reason;
  }

  async #runNode(node: ActionNode): Promise<ExecutedAction> {
    const { id, action, dependsOn } = node;
    const { actionName, parameters = {} } = action;
    const because = dependsOn.find((dependency) => !this.#isFulfilled(dependency)) ?? this.#stoppedBy[0]?.id;
    if (because !== undefined) {
      const error = `Not begun, because "${because}" did not succeed.`;
      return { id, actionName, success: false, skipped: true, error };
    }
    const attempts = node.onError === 'retry' ? (action.retry?.attempts ?? defaultRetry.attempts) : 1;
    const backoffMs = action.retry?.backoffMs ?? defaultRetry.backoffMs;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(() => this.host.run({ actionName, parameters, key: id }));
      if (outcome.success) return { id, actionName, ...outcome };
      const { error, thrown } = outcome;
      if (attempt >= attempts || !this.host.mayRetry(actionName, thrown))
        return { id, actionName, success: false, error };
      await this.host.pause(Math.min(30_000, backoffMs * 2 ** (attempt - 1)));
    }
  }

  async #attempt(
    call: () => Promise<unknown>,
  ): Promise<{ success: true; result: unknown } | { success: false; error: string; thrown: unknown }> {
    try {
      return { success: true, result: await call() };
    } catch (error) {
      return { success: false, error: messageOf(error), thrown: error };
    }
  }

  #isFulfilled(id: string): boolean {
    return this.#reached.get(id) ?? this.#results.get(id)?.success ?? false;
  }

  async #settleSyncPoints(nodes: readonly SyncNode[], groupId: string | null): Promise<void> {
    for (const { id, dependsOn, when } of nodes) {
      // An action that was left out has ended too; a point that cannot be reached has not.
      const ended = (dependency: string): boolean => this.#reached.get(dependency) ?? true;
      const isReached = dependsOn.every((dependency) =>
        when === 'settled' ? ended(dependency) : this.#isFulfilled(dependency),
      );
      this.#reached.set(id, isReached);
    }
    this.#settlements += 1;
    const settled = nodes.map(({ id }) => [id, this.#reached.get(id) === true ? 'reached' : 'failed'] as const);
    await settle(settled, groupId, this.host, `sync:${this.#settlements}`);
  }

  /** Latest first. One that cannot be undone keeps no other from being undone. */
  async #compensate(): Promise<void> {
    const undone = this.plan.waves
      .flat()
      .filter((node: GroupNode) => node.kind === 'action')
      .reverse();
    for (const { id, action } of undone) {
      const result = this.#results.get(id);
      const undo = action.compensateWith;
      if (!undo || !result?.success) continue;
      const { actionName, parameters = {} } = undo;
      const outcome = await this.#attempt(() =>
        this.host.run({
          actionName,
          parameters: typeof parameters === 'function' ? parameters(result.result) : parameters,
          key: `${id}:undo`,
          isUndo: true,
        }),
      );
      this.#results.set(id, {
        ...result,
        compensated: outcome.success,
        ...(outcome.success ? {} : { compensationError: outcome.error }),
      });
    }
  }
}

/** Keeps the graph in its tables. A group without dependencies has none. */
async function openGroup(plan: GroupPlan, host: GroupHost): Promise<string | null> {
  const nodes = plan.waves.flat();
  const dependencies = nodes.flatMap(({ id, dependsOn }) => dependsOn.map((on) => ({ actionId: id, dependsOn: on })));
  const syncPoints = plan.syncPoints.map(({ id, dependsOn }) => ({ id, waitsFor: [...dependsOn] }));
  if (dependencies.length === 0 && syncPoints.length === 0) return null;
  const parameters = { dependencies, syncPoints };
  const { groupId } = (await host.run({ actionName: recordGroup, parameters, key: 'graph' })) as { groupId: string };
  return groupId;
}

async function settle(
  points: readonly (readonly [id: string, status: 'reached' | 'failed'])[],
  groupId: string | null,
  host: GroupHost,
  key: string,
): Promise<void> {
  if (points.length === 0 || groupId === null) return;
  const settled = points.map(([id, status]) => ({ id, status }));
  await host.run({ actionName: settleSyncPoints, parameters: { groupId, points: settled }, key });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
