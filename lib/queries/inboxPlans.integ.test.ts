import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { countedViews, inboxCount, inboxPage, listInbox, type InboxRow } from './inbox';
import { findDoneTasks, findOpenTasks } from './find';
import { cursorOf, inboxViews } from './inbox-views';
import { noFilter } from './task-filter';
import {
  begunScansOf,
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
  await insertManyTasks(sql, { tenant: 'initech', count: 2_000 });
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

/** All pages of a list, one after the other. */
async function allOf(query: Parameters<typeof listInbox>[0]): Promise<readonly InboxRow[]> {
  const rows: InboxRow[] = [];
  for (let after: string | undefined; ;) {
    const page = await listInbox({ ...query, after });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = page.next;
  }
}

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

  it.each(['for-me', 'groups', 'unassigned'] as const)(
    'a word that every task of %s has is found in their order, a rare one by the index of words',
    async (view) => {
      const begun = async (words: string) =>
        begunScansOf(sql, inboxPage({ ...mia, view, filter: { ...noFilter, words }, nowMs }));
      expect(await begun('approve')).not.toContain('workflow_tasks_found');
      expect(await begun('inv 4242')).toContain('workflow_tasks_found');
    },
  );

  it.each(['for-me', 'groups', 'unassigned'] as const)(
    'a search of %s gives what the list has with such words, page by page',
    async (view) => {
      const reader = { ...mia, tenant: 'initech' };
      const all = await allOf({ ...reader, view, filter: noFilter, nowMs });
      for (const words of ['approve', 'nordwind', 'customer 4', 'nobody wrote this']) {
        const wanted = words.split(' ');
        const having = all.filter(({ title, subject }) => {
          const has = `${title} ${subject}`.toLowerCase().split(/[^a-z0-9]+/);
          return wanted.every((word) => has.some((other) => other.startsWith(word)));
        });
        const found = await allOf({ ...reader, view, filter: { ...noFilter, words }, nowMs });
        expect(
          found.map(({ taskId }) => taskId),
          words,
        ).toEqual(having.map(({ taskId }) => taskId));
      }
    },
  );

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

describe('what the palette finds', () => {
  const reader = { ...mia, readsAll: false, assigns: false };
  const readers = [reader, { ...reader, roles: [] }, { ...reader, userId: 'omar', readsAll: true }];

  it.each(['inv 4242', 'nordwind', 'approve', 'nobody wrote this'])('for %j is found on indexes', async (words) => {
    for (const each of readers) {
      const query = { tenant: 'acme', reader: each, words };
      expect(strayScans(await scansOf(sql, findOpenTasks(query)))).toEqual([]);
      expect(strayScans(await scansOf(sql, findDoneTasks(query)))).toEqual([]);
    }
  });

  it('of open tasks by rare words comes from the index of words', async () => {
    for (const each of readers) {
      const query = { tenant: 'acme', reader: each, words: 'inv 4242' };
      expect(await scansOf(sql, findOpenTasks(query))).toContain('workflow_tasks_found');
    }
  });
});
