import { describe, expect, it } from 'vitest';
import type { ActionCall } from '../../model/ports/actions';
import type { ActionResultStore, TransactionOutcome } from '../../model/ports/actionStores';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createActionRegistry, TransactionIsolationLevel } from '../actionRegistry';
import type { ActionRegistry } from '../actionRegistry';
import { createActionRunner } from './actionRunner';

const call: ActionCall = {
  tenant: 'acme',
  executionId: 'e-1',
  partitionId: 0,
  workflowName: 'W',
  correlationId: 'c',
  commandId: 'x#1',
  name: 'x',
  args: { n: 1 },
  attemptsBefore: 0,
};

/** A database that answers with the given outcomes, one after the other. */
function resultsOf(outcomes: TransactionOutcome[] = []): ActionResultStore & { found: number } {
  return {
    found: 0,
    async find() {
      this.found += 1;
      return null;
    },
    noteRetry: async () => 'noted',
    transact: async () => outcomes.shift() ?? { kind: 'committed', resultText: '"done"', completedAtMs: 9 },
  };
}

/** Time passes only by pausing. */
function parts(registry: ActionRegistry, results: ActionResultStore = resultsOf(), signal?: AbortSignal) {
  let nowMs = 0;
  const pauses: number[] = [];
  const clock = {
    now: () => nowMs,
    random: () => 1,
    pause: async (ms: number) => {
      pauses.push(ms);
      nowMs += ms;
    },
  };
  const runner = createActionRunner({
    registry,
    results,
    logger: silentLogger,
    metrics: silentMetrics,
    clock,
    ...(signal ? { signal } : {}),
  });
  return { runner, pauses };
}

function withSimple(handler: (attempt: number) => unknown, retry = {}): ActionRegistry {
  const registry = createActionRegistry();
  registry.registerSimpleAction('x', '', [], (_, { attempt }) => handler(attempt), { retry });
  return registry;
}

describe('the action runner', () => {
  it('answers with the result as the log will give it back', async () => {
    const { runner } = parts(withSimple(() => ({ at: new Date(0), nothing: undefined, list: [undefined] })));
    expect(await runner.run(call)).toMatchObject({
      status: 'completed',
      result: { at: '1970-01-01T00:00:00.000Z', list: [null] },
      stored: false,
    });
  });

  it('reports an unknown action, wrong parameters and results that cannot be stored as failures', async () => {
    const registry = createActionRegistry();
    registry.registerSimpleAction('x', '', [{ name: 'id', type: 'string', required: true }], () => 1);
    registry.registerSimpleAction('big', '', [], () => 1n);
    const { runner } = parts(registry);
    expect(await runner.run({ ...call, name: 'y' })).toMatchObject({ error: { code: 'unknown_action' } });
    expect(await runner.run(call)).toMatchObject({ error: { code: 'validation_failed' }, params: { n: 1 } });
    expect(await runner.run({ ...call, name: 'big' })).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('The result of action "big"') as string },
    });
  });

  it('gives each attempt fresh parameters', async () => {
    const registry = createActionRegistry();
    const seen: unknown[] = [];
    registry.registerSimpleAction('x', '', [], (params, { attempt }) => {
      seen.push({ ...params });
      params.n = 99;
      if (attempt === 1) throw Object.assign(new Error('x'), { transient: true });
    });
    await parts(registry).runner.run(call);
    expect(seen).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('goes on counting where an earlier owner stopped', async () => {
    const attempts: number[] = [];
    const registry = withSimple(
      (attempt) => {
        attempts.push(attempt);
        throw new Error('never');
      },
      { attempts: 4, backoffMs: 10 },
    );
    const { runner, pauses } = parts(registry);
    expect(await runner.run({ ...call, attemptsBefore: 2 })).toMatchObject({ status: 'failed', attempts: 4 });
    expect(attempts).toEqual([3, 4]);
    expect(pauses).toEqual([40]);
  });

  it('ends an attempt that takes too long and tells its handler', async () => {
    const registry = createActionRegistry();
    let aborted = false;
    registry.registerSimpleAction(
      'x',
      '',
      [],
      (_, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true));
        }),
      { retry: { timeoutMs: 20, attempts: 1 } },
    );
    const { runner } = parts(registry);
    expect(await runner.run(call)).toMatchObject({ status: 'failed', error: { code: 'action_timeout' } });
    expect(aborted).toBe(true);
  });

  it('gives up the call, without an outcome, when the worker stops', async () => {
    const stop = new AbortController();
    const { runner } = parts(
      withSimple(() => new Promise(() => undefined)),
      resultsOf(),
      stop.signal,
    );
    const running = runner.run(call);
    stop.abort();
    expect(await running).toEqual({ status: 'ownership_lost' });
    expect(await runner.run(call)).toEqual({ status: 'ownership_lost' });
  });
});

describe('a database action over a troubled database', () => {
  const registry = createActionRegistry();
  registry.registerDatabaseAction('x', '', [], TransactionIsolationLevel.READ_COMMITTED, () => 1);
  const lost = (during: 'begin' | 'work' | 'commit'): TransactionOutcome => ({
    kind: 'unreachable',
    error: new Error('gone'),
    during,
  });

  it('waits for a database that is away, however long, without using up attempts', async () => {
    const { runner } = parts(registry, resultsOf(Array.from({ length: 500 }, () => lost('begin'))));
    expect(await runner.run(call)).toMatchObject({ status: 'completed', attempts: 1, stored: true });
  });

  it('looks for the result before it tries again after a lost commit', async () => {
    const results = resultsOf([lost('commit')]);
    expect(await parts(registry, results).runner.run(call)).toMatchObject({ status: 'completed' });
    expect(results.found).toBe(1);
  });

  it('never takes an outage while it reads a recorded result for a failure of the action', async () => {
    const times = { attempts: 1, startedAtMs: 0, completedAtMs: 1, stored: true, params: {} };
    let reads = 0;
    const results: ActionResultStore = {
      ...resultsOf([{ kind: 'already_recorded' }]),
      find: async () => {
        reads += 1;
        if (reads < 3) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
        return { ...times, status: 'completed', result: 'committed' };
      },
    };
    const { runner, pauses } = parts(registry, results);
    expect(await runner.run(call)).toMatchObject({ status: 'completed', result: 'committed' });
    expect(pauses).toHaveLength(2);
  });

  it('fails an action whose every transaction is cut off while the handler runs', async () => {
    const { runner } = parts(registry, resultsOf(Array.from({ length: 9 }, () => lost('work'))));
    expect(await runner.run(call)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('must not wait') as string },
    });
  });

  it('fails after twenty conflicts, not before', async () => {
    const conflicts = (count: number): TransactionOutcome[] =>
      Array.from({ length: count }, () => ({ kind: 'conflict', error: new Error('conflict') }));
    expect(await parts(registry, resultsOf(conflicts(20))).runner.run(call)).toMatchObject({ status: 'completed' });
    expect(await parts(registry, resultsOf(conflicts(21))).runner.run(call)).toMatchObject({ status: 'failed' });
  });

  it('has no outcome when ownership is lost', async () => {
    expect(await parts(registry, resultsOf([{ kind: 'ownership_lost' }])).runner.run(call)).toEqual({
      status: 'ownership_lost',
    });
  });
});
