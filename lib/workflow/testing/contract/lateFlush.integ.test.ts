/** A flush that meets an outcome whose transaction is not over yet, by named interleavings of two sessions. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedOutcome } from '../../model/ports/actions';
import { createPostgresStoreFixture } from './postgresStoreFixture';
import { flushOf, type StoreFixture } from './storeFixture';

const error = { name: 'Error', message: 'boom', code: null, details: null };

describe('a late flush while a database action commits', () => {
  let fixture: StoreFixture;
  let sql: Sql;
  beforeAll(async () => {
    fixture = await createPostgresStoreFixture((client) => (sql = client));
  });
  afterAll(() => fixture.close());

  it.each([
    { ends: 'commit', attempts: 1, status: 'completed', headSeq: 1 },
    { ends: 'commit', attempts: 2, status: 'completed', headSeq: 1 },
    { ends: 'rollback', attempts: 1, status: 'failed', headSeq: 2 },
    { ends: 'rollback', attempts: 2, status: 'failed', headSeq: 2 },
  ])('is decided by its $ends (attempt $attempts)', async ({ ends, attempts, status, headSeq }) => {
    const workerId = await fixture.addWorker();
    const key = await fixture.start();
    const times = { startedAtMs: 0, completedAtMs: 5, stored: false, params: {} };
    const outcome: RecordedOutcome = { ...times, status: 'failed', error, attempts };
    const body = { commandId: 'book#1', n: 1, name: 'book', argsHash: 'h', error };
    const entries = [{ seq: 2, at: 0, kind: 'action_failed' as const, body }];
    const results = [{ commandId: 'book#1', actionName: 'book', outcome }];
    let flushed: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
    const action = sql.begin(async (tx) => {
      await tx`
        INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status,
          params, result, attempts, started_at, completed_at)
        VALUES (${key.executionId}, ${key.partitionId}, 'book#1', 'acme', 'book', 'completed', '{}', '1', 1, now(), now())`;
      flushed = fixture.store.flush({ workerId, executions: [flushOf(key, 1, { entries, results })] });
      await untilBlocked(sql);
      if (ends === 'rollback') throw new Error('rolled back');
    });
    await action.catch(() => undefined);
    expect((await flushed).size).toBe(headSeq - 1);
    expect(await fixture.stored(key)).toMatchObject({ headSeq, results: [{ status }] });
  });
});

async function untilBlocked(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql<{ blocked: number }[]>`
      SELECT count(*)::int AS blocked FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (row && row.blocked > 0) return;
  }
}
