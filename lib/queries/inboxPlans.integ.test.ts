import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { countedViews, inboxCount, inboxPage } from './inbox';
import { cursorOf, inboxViews } from './inbox-views';
import { noFilter } from './task-filter';
import {
  insertManyTasks,
  manyTasksFilters,
  manyTasksIndexes,
  manyTasksNowMs as nowMs,
  scansOf,
  strayScans,
} from './testing/manyTasks';

let database: TestDatabase;
let sql: postgres.Sql;
const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'], readsAll: true };

/** Plans hang on shares, not on numbers; with 100,000 tasks in one tenant `npm run bench -- inbox` looks at them, too. */
beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await insertManyTasks(sql, { tenant: 'acme', count: 20_000 });
  await insertManyTasks(sql, { tenant: 'globex', count: 20_000 });
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

const isEmptyByNature = (view: string, roles: readonly string[]) => view === 'groups' && roles.length === 0;

describe('every view and filter of the inbox', () => {
  const cases = inboxViews.flatMap((view) =>
    manyTasksFilters.map((filter) => [view, JSON.stringify(filter), filter] as const),
  );

  it.each(cases)('%s %s is one query on indexes', async (view, _, filter) => {
    const readers = [mia, { ...mia, roles: ['clerk'] }, { ...mia, roles: [] }, omar];
    for (const reader of readers) {
      const query = { ...reader, view, filter: { ...noFilter, ...filter }, nowMs };
      const scans = await scansOf(sql, inboxPage(query));
      expect(strayScans(scans)).toEqual([]);
      if (!isEmptyByNature(view, reader.roles)) expect(scans.size).toBeGreaterThan(0);
    }
  });

  it.each(manyTasksIndexes)('%s of %s %o is found by its own index', async (view, roles, filter, index) => {
    const query = { ...mia, roles, view, filter: { ...noFilter, ...filter }, nowMs };
    expect(await scansOf(sql, inboxPage(query))).toContain(index);
  });

  it.each(['for-me', 'groups', 'unassigned', 'done'] as const)(
    'a further page of %s begins in the index of its order',
    async (view) => {
      const task = {
        taskId: crypto.randomUUID(),
        dueAt: new Date(nowMs),
        createdAt: new Date(nowMs),
        endedAt: new Date(),
      };
      const after = cursorOf(view, task);
      const scans = await scansOf(sql, inboxPage({ ...mia, view, filter: noFilter, nowMs, after }));
      expect(strayScans(scans)).toEqual([]);
      expect(scans).toContain(view === 'done' ? 'workflow_tasks_ended' : 'workflow_tasks_due');
    },
  );

  it.each(countedViews)('%s is counted on indexes', async (view) => {
    const scans = await scansOf(sql, inboxCount(mia, view));
    expect(strayScans(scans)).toEqual([]);
    expect(scans.size).toBeGreaterThan(0);
  });
});
