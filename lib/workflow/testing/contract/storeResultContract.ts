import { describe, expect, it } from 'vitest';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { ExecutionFlush, ExecutionKey } from '../../model/ports/store';
import type { Current } from './storeContract';
import { callOf, flushOf } from './storeFixture';

const atMs = Date.UTC(2026, 0, 5);
const times = { startedAtMs: atMs, completedAtMs: atMs + 5, stored: false, params: {} };
const error = { name: 'Error', message: 'boom', code: null, details: null };
const commandId = 'book#1';
const ref = { commandId, n: 1, name: 'book', argsHash: 'h' };
const partitionId = 9;

/** Results that are there when a flush brings its own. */
export function describeResults(current: Current): void {
  const { flush, note, book } = {
    flush: (workerId: string, ...executions: ExecutionFlush[]) =>
      current().fixture.store.flush({ workerId, executions }),
    note: (workerId: string, key: ExecutionKey) =>
      current()
        .fixture.results(workerId)
        .noteRetry({
          call: callOf(key, commandId),
          actionName: 'book',
          params: {},
          attempts: 1,
          error,
          startedAtMs: atMs,
          nextAttemptAtMs: atMs + 1_000,
        }),
    book: (workerId: string, key: ExecutionKey) =>
      current()
        .fixture.results(workerId)
        .transact({
          call: callOf(key, commandId),
          actionName: 'book',
          isolationLevel: 'READ COMMITTED',
          params: {},
          attempts: 1,
          startedAtMs: atMs,
          work: async () => ({ resultText: '"booked"', completedAtMs: atMs + 5 }),
        }),
  };
  const bringing = (key: ExecutionKey, outcome: RecordedOutcome): ExecutionFlush => {
    const results = [{ commandId, actionName: 'book', outcome }];
    const at = { seq: 2, at: atMs };
    if (outcome.status === 'failed') {
      const entries = [{ ...at, kind: 'action_failed' as const, body: { ...ref, error: outcome.error } }];
      return flushOf(key, 1, { entries, results });
    }
    const entries = [{ ...at, kind: 'action_completed' as const, body: { ...ref, result: outcome.result } }];
    return flushOf(key, 1, { entries, results });
  };
  /** Owned by the first worker until it is released, and then by the second. */
  const released = async () => {
    const { fixture } = current();
    const [former, successor] = [await fixture.addWorker(), await fixture.addWorker()];
    await fixture.own(former, partitionId);
    const [key, other] = [await fixture.start({ partitionId }), await fixture.start({ partitionId })];
    await fixture.own(successor, partitionId);
    return { fixture, former, successor, key, other };
  };

  describe('results of a flush', () => {
    it.each([1, 2])(
      'are written over the note of an earlier attempt, and the rest of the batch with them (%i)',
      async (attempts) => {
        const { fixture, successor, key, other } = await released();
        expect(await note(successor, key)).toBe('noted');
        const outcome: RecordedOutcome = { ...times, status: 'completed', result: 'booked', attempts };
        const won = await flush(successor, bringing(key, outcome), bringing(other, outcome));
        expect(won).toEqual(new Set([key.executionId, other.executionId]));
        const results = [{ commandId, status: 'completed', attempts }];
        expect(await fixture.stored(key)).toMatchObject({ headSeq: 2, results });
        expect(await fixture.stored(other)).toMatchObject({ headSeq: 2, results });
      },
    );

    it.each([
      { writer: 'a former owner', attempts: 1 },
      { writer: 'a former owner', attempts: 2 },
      { writer: 'the owner', attempts: 1 },
      { writer: 'the owner', attempts: 2 },
    ])(
      'make a late one of $writer lose where a database action completed since (attempt $attempts)',
      async ({ writer, attempts }) => {
        const { fixture, former, successor, key, other } = await released();
        const late: RecordedOutcome = { ...times, status: 'failed', error, attempts };
        expect(await book(successor, key)).toMatchObject({ kind: 'committed' });
        const workerId = writer === 'the owner' ? successor : former;
        expect([...(await flush(workerId, bringing(key, late), bringing(other, late)))]).toEqual([other.executionId]);
        expect(await fixture.stored(key)).toMatchObject({
          status: 'pending',
          headSeq: 1,
          kinds: ['execution_started'],
          results: [{ commandId, status: 'completed', attempts: 1 }],
        });
        expect(await fixture.stored(other)).toMatchObject({ results: [{ commandId, status: 'failed', attempts }] });

        const body = { ...ref, result: 'booked' };
        const entries = [{ seq: 2, at: atMs, kind: 'action_completed' as const, body }];
        expect((await flush(successor, flushOf(key, 1, { entries }))).size).toBe(1);
        const [loaded] = await fixture.store.load({ executions: [key] });
        expect(loaded?.history[1]).toEqual(entries[0]);
      },
    );

    it('count as under way from their first attempt on until the log holds them', async () => {
      const { fixture, successor, key, other } = await released();
      const underWay = async () =>
        new Map(
          (await fixture.store.load({ executions: [key, other] })).map((each) => [each.executionId, each.underWay]),
        );
      expect(await underWay()).toEqual(new Map([key, other].map(({ executionId }) => [executionId, []])));
      const calls = [{ commandId, n: 1, argsHash: 'h' }];
      await note(successor, key);
      await book(successor, other);
      expect(await underWay()).toEqual(new Map([key, other].map(({ executionId }) => [executionId, calls])));
      await book(successor, key);
      expect((await underWay()).get(key.executionId)).toEqual(calls);
      const entries = [{ seq: 2, at: atMs, kind: 'action_completed' as const, body: { ...ref, result: 'booked' } }];
      await flush(successor, flushOf(key, 1, { entries }));
      expect((await underWay()).get(key.executionId)).toEqual([]);
    });

    it('lose alone too, in a batch of nothing else', async () => {
      const { former, successor, key } = await released();
      await book(successor, key);
      expect((await flush(former, bringing(key, { ...times, status: 'failed', error, attempts: 1 }))).size).toBe(0);
    });
  });
}
