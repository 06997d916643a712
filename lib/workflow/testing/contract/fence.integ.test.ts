/** The fence on Postgres, by named interleavings of two sessions, and what happens without it. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../db/testing/testDatabase';
import { createPostgresMembership } from '../../persistence/membership';
import { createPostgresStoreFixture } from './postgresStoreFixture';
import { flushOf, stateEntry, type StoreFixture } from './storeFixture';

const fenceClause = ' AND EXISTS (SELECT 1 FROM fence)';

/** The client with statements that do not look at the fence. */
function withoutFence(sql: Sql): Sql {
  return new Proxy(sql, {
    get: (target, property) => {
      if (property !== 'unsafe') return Reflect.get(target, property) as unknown;
      return (text: string, ...rest: unknown[]) => {
        const patched = text.replace(fenceClause, '');
        return (target.unsafe as (...args: unknown[]) => unknown)(patched, ...rest);
      };
    },
  });
}

describe('fence on Postgres', () => {
  const opened: StoreFixture[] = [];
  afterEach(async () => {
    for (const fixture of opened.splice(0)) await fixture.close();
  });

  const writeFenced = async (patch?: (sql: Sql) => Sql) => {
    const fixture = await createPostgresStoreFixture(patch);
    opened.push(fixture);
    const workerId = await fixture.addWorker();
    const [taking, writing] = [await fixture.start(), await fixture.start()];
    await fixture.send(taking, 'A');
    await fixture.fence(workerId);
    const entries = [stateEntry(2, 'x')];
    await Promise.allSettled([
      fixture.store.take({ workerId, items: [{ ...taking, headSeq: 1, atMs: 0 }] }),
      fixture.store.flush({ workerId, executions: [flushOf(writing, 1, { entries })] }),
    ]);
    return [(await fixture.stored(taking)).headSeq, (await fixture.stored(writing)).headSeq];
  };

  it('keeps a fenced worker from writing', async () => {
    expect(await writeFenced()).toEqual([1, 1]);
  });

  it('is what keeps it: the same statements without it do write', async () => {
    expect(await writeFenced(withoutFence)).toEqual([2, 2]);
  });

  it('makes a takeover wait for a commit in flight, which then counts', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.url, { max: 4, onnotice: () => undefined });
    try {
      const membership = createPostgresMembership(sql);
      const workerId = randomUUID();
      await membership.register({ workerId, host: 'test', pid: 1, codeVersion: '1' }, 60_000);
      const order: string[] = [];
      let commit: () => void = () => undefined;
      const mayCommit = new Promise<void>((resolve) => (commit = resolve));
      let locked: () => void = () => undefined;
      const isLocked = new Promise<void>((resolve) => (locked = resolve));
      const inFlight = sql.begin(async (tx) => {
        await tx`SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE`;
        locked();
        await mayCommit;
        order.push('commit');
      });
      await isLocked;
      const takeover = membership.fenceExpired({ knownDead: workerId }).then((fenced) => {
        order.push('takeover');
        return fenced;
      });
      await untilBlocked(sql);
      expect(order).toEqual([]);
      commit();
      await inFlight;
      expect(await takeover).toEqual([workerId]);
      expect(order).toEqual(['commit', 'takeover']);
    } finally {
      await sql.end({ timeout: 5 });
      await database.drop();
    }
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
