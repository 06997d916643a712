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
  n: 1,
  argsHash: '',
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
function parts(registry: ActionRegistry, results: ActionResultStore = resultsOf()) {
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
    const { runner } = parts(withSimple(() => ({ at: new Date(0), nothing: undefined, list: [null] })));
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
    const { runner } = parts(withSimple(() => new Promise(() => undefined)));
    const running = runner.run(call);
    runner.abandon({});
    expect(await running).toEqual({ status: 'ownership_lost' });
    expect(await runner.run(call)).toEqual({ status: 'ownership_lost' });
  });

  it('ends the calls of one execution alone, and tells their handlers why', async () => {
    const reasons: unknown[] = [];
    const registry = createActionRegistry();
    registry.registerSimpleAction('x', '', [], (_, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise(() => undefined);
    });
    const { runner } = parts(registry);
    const [canceled, left] = [runner.run(call), runner.run({ ...call, executionId: 'e-2' })];
    const settled: unknown[] = [];
    void left.then((outcome) => settled.push(outcome));
    await new Promise((resolve) => setImmediate(resolve));
    runner.interrupt?.({ executionId: 'e-1', why: 'canceled' });
    expect(await canceled).toMatchObject({ status: 'failed', error: { code: 'action_aborted' }, attempts: 1 });
    expect(reasons).toEqual([expect.objectContaining({ name: 'ActionAbortedError' })]);
    expect(settled).toEqual([]);
    runner.abandon({ executionId: 'e-2' });
    expect(await left).toEqual({ status: 'ownership_lost' });
  });

  it('ends a call that pauses between two attempts', async () => {
    const registry = createActionRegistry();
    registry.registerSimpleAction('x', '', [], () => Promise.reject(new Error('no')), { retry: { attempts: 9 } });
    let paused: () => void = () => undefined;
    const pausing = new Promise<void>((resolve) => (paused = resolve));
    const pause = (_: number, signal: AbortSignal) => {
      paused();
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    const runner = createActionRunner({
      registry,
      results: resultsOf(),
      logger: silentLogger,
      metrics: silentMetrics,
      clock: { now: () => 0, random: () => 1, pause },
    });
    const running = runner.run(call);
    await pausing;
    runner.interrupt?.({ executionId: 'e-1', why: 'terminated' });
    expect(await running).toMatchObject({ status: 'failed', error: { code: 'action_aborted' } });
  });

  it('makes no attempt that could not begin before the deadline', async () => {
    let runs = 0;
    const registry = withSimple(
      () => {
        runs += 1;
        throw new Error('never');
      },
      { attempts: 100, backoffMs: 100, maxBackoffMs: 100, deadlineMs: 350 },
    );
    const { runner, pauses } = parts(registry);
    expect(await runner.run(call)).toMatchObject({ status: 'failed', attempts: 4, error: { message: 'never' } });
    expect(pauses).toEqual([100, 100, 100]);
    expect(runs).toBe(4);
    // The first attempt of all began 300 ms ago, at another owner.
    expect(await runner.run({ ...call, attemptsBefore: 1, firstStartedAtMs: 0 })).toMatchObject({ attempts: 2 });
  });

  it('waits for the moment that an earlier owner noted for the next attempt', async () => {
    const { runner, pauses } = parts(withSimple(() => 'sent', { attempts: 5 }));
    const resumed = { ...call, attemptsBefore: 2, firstStartedAtMs: 0, nextAttemptAtMs: 700 };
    expect(await runner.run(resumed)).toMatchObject({ status: 'completed', attempts: 3 });
    expect(pauses).toEqual([700]);
  });

  it.each(['a\u0000b', '\ud800', { '\udfff': 1 }])(
    'fails an action whose result the database cannot hold',
    async (value) => {
      let runs = 0;
      const { runner } = parts(withSimple(() => ((runs += 1), { value }), { attempts: 3 }));
      expect(await runner.run(call)).toMatchObject({
        status: 'failed',
        error: {
          code: 'action_result_invalid',
          message: expect.stringContaining('NUL or half of a surrogate') as string,
        },
      });
      expect(runs).toBe(1);
    },
  );

  it('stores texts that only look like escapes, and pairs of surrogates', async () => {
    const { runner } = parts(withSimple(() => ['\\u0000', '😀', '\\ud800']));
    expect(await runner.run(call)).toMatchObject({ result: ['\\u0000', '😀', '\\ud800'] });
  });

  it('keeps what a handler throws storable', async () => {
    const thrown = Object.assign(new Error('a\u0000b'), { details: { text: '\u0000' } });
    const { runner } = parts(withSimple(() => Promise.reject(thrown), { attempts: 1 }));
    expect(await runner.run(call)).toMatchObject({ error: { message: 'a\ufffdb', details: { text: '\ufffd' } } });
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
