// A list that is longer than a page: every task once, in order, however many share an instant.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { inboxPageSize, listInbox, type InboxRow } from './inbox';
import { inboxViews, type InboxView } from './inbox-views';
import { noFilter } from './task-filter';
import { insertManyTasks, manyTasksNowMs as nowMs } from './testing/manyTasks';

let database: TestDatabase;
let sql: postgres.Sql;
const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await insertManyTasks(sql, { tenant: 'acme', count: 2_600, withInvoices: true });
  // As a workflow leaves them that asks for many at once.
  await sql`UPDATE workflow_tasks SET created_at = date_trunc('hour', created_at), ended_at = date_trunc('hour', ended_at)`;
  await sql`UPDATE workflow_tasks SET due_at = date_trunc('day', due_at), fingerprint = NULL`;
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

async function readAll(view: InboxView): Promise<readonly (readonly InboxRow[])[]> {
  const pages: (readonly InboxRow[])[] = [];
  let after: string | null | undefined;
  do {
    const page = await listInbox({ ...mia, view, filter: noFilter, nowMs, ...(after && { after }) });
    pages.push(page.rows);
    after = page.next;
  } while (after !== null);
  return pages;
}

describe('a list of several pages', () => {
  it.each(inboxViews)('of %s has every task once, in order', async (view) => {
    const pages = await readAll(view);
    const rows = pages.flat();
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ taskId }) => taskId)).size).toBe(rows.length);
    expect(pages.slice(0, -1).every((page) => page.length === inboxPageSize)).toBe(true);
    const places = rows.map(({ dueAt, endedAt }) => (view === 'done' ? `${endedAt}` : (dueAt ?? 'later than all')));
    expect(places).toEqual(view === 'done' ? places.toSorted().toReversed() : places.toSorted());
    expect(rows.every(({ invoice }) => invoice !== null)).toBe(true);
  });

  it('is complete', async () => {
    const [open] = await sql<{ count: number }[]>`
      SELECT count(*)::int FROM workflow_tasks WHERE status IN ('pending', 'claimed') AND 'manager' = ANY(candidate_roles)`;
    const pages = await readAll('groups');
    expect(pages.length).toBeGreaterThan(10);
    expect(pages.flat()).toHaveLength(open?.count ?? 0);
  });

  it('tells of some rows how they stand now, those that left are not among them', async () => {
    const [first, second, third] = (await listInbox({ ...mia, view: 'unassigned', filter: noFilter, nowMs })).rows;
    const taskIds = [first, second, third].map((row) => row?.taskId ?? '');
    await sql`UPDATE workflow_tasks SET status = 'claimed', assignee = 'mara' WHERE task_id = ${taskIds[1] ?? ''}`;
    const { rows } = await listInbox({ ...mia, view: 'unassigned', filter: noFilter, nowMs, taskIds });
    expect(rows.map(({ taskId }) => taskId)).toEqual([taskIds[0], taskIds[2]]);
  });

  it.each(['', 'x', '1_2', `1_2_3`, `none_x_${crypto.randomUUID()}`, `1_${crypto.randomUUID()}`])(
    'refuses the cursor %j',
    async (after) => {
      await expect(listInbox({ ...mia, view: 'for-me', filter: noFilter, nowMs, after })).rejects.toThrow('cursor');
    },
  );
});
