/**
 * The process that reads the inbox as its page does: with what the product uses to read it, on a database with 100,000
 * tasks in one tenant. Sends its lines to its parent.
 */
import postgres, { type Sql } from 'postgres';
import { inArray } from 'drizzle-orm';
import { closeDatabase, pageDb } from '../../lib/db/client';
import { workflowTasks } from '../../lib/db/schema';
import { countedViews, countView, inboxCount, inboxPage, inboxPageSize, listInbox } from '../../lib/queries/inbox';
import { inboxViews, type InboxReader } from '../../lib/queries/inbox-views';
import { noFilter } from '../../lib/queries/task-filter';
import {
  insertManyTasks,
  manyTasksFilters,
  manyTasksNowMs,
  scansOf,
  strayScans,
} from '../../lib/queries/testing/manyTasks';
import { median, nowMs, round } from '../measure';
import { inboxAimMs, inboxRuns, type InboxConfig, type InboxLine } from './protocol';

const mia: InboxReader = { tenant: 'acme', userId: 'mia', roles: ['manager'] };

async function main(): Promise<void> {
  const { databaseUrl, tasks } = JSON.parse(process.argv[2] ?? '{}') as InboxConfig;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await insertManyTasks(sql, { tenant: 'acme', count: tasks, withInvoices: true });
  await insertManyTasks(sql, { tenant: 'globex', count: Math.ceil(tasks / 10) });
  const lines: InboxLine[] = [];
  for (const line of cases(sql)) lines.push(await line());
  await sql.end();
  await closeDatabase();
  process.send?.(lines);
}

/** Every view with every filter, a page far down in each view, and the numbers beside the views. */
function cases(sql: Sql): readonly (() => Promise<InboxLine>)[] {
  const read = (view: (typeof inboxViews)[number], what: object, asked: Parameters<typeof listInbox>[0]) =>
    measure({
      sql,
      view,
      what: JSON.stringify(what),
      query: inboxPage(asked),
      read: async () => (await listInbox(asked)).rows.map(({ taskId }) => taskId),
    });
  const askedOf = { ...mia, nowMs: manyTasksNowMs };
  return [
    ...inboxViews.flatMap((view) =>
      manyTasksFilters.map(
        (filter) => () => read(view, filter, { ...askedOf, view, filter: { ...noFilter, ...filter } }),
      ),
    ),
    ...inboxViews.map((view) => async () => {
      const after = await cursorFarDown(view);
      return read(view, { page: farDown }, { ...askedOf, view, filter: noFilter, after });
    }),
    ...countedViews.map(
      (view) => () =>
        measure({
          sql,
          view,
          what: 'count',
          query: inboxCount(mia, view),
          read: async () => Array.from({ length: await countView(mia, view) }, () => ''),
        }),
    ),
  ];
}

/** The page whose reading is measured besides the first. */
const farDown = 50;

async function cursorFarDown(view: (typeof inboxViews)[number]): Promise<string | undefined> {
  let after: string | undefined;
  for (let page = 1; page < farDown; page += 1) {
    const { next } = await listInbox({ ...mia, nowMs: manyTasksNowMs, view, filter: noFilter, after });
    if (next === null) break;
    after = next;
  }
  return after;
}

async function measure({
  sql,
  view,
  what,
  query,
  read,
}: {
  readonly sql: Sql;
  readonly view: string;
  readonly what: string;
  readonly query: Parameters<typeof scansOf>[1];
  /** The ids of what was read. */
  readonly read: () => Promise<readonly string[]>;
}): Promise<InboxLine> {
  const times: number[] = [];
  const floors: number[] = [];
  let ids: readonly string[] = [];
  for (let run = 0; run < inboxRuns; run += 1) {
    const from = nowMs();
    ids = await read();
    times.push(nowMs() - from);
    floors.push(await floor(ids));
  }
  const scans = await scansOf(sql, query);
  const ours = round(median(times));
  const bare = round(median(floors));
  return {
    workload: 'inbox',
    view,
    what,
    unit: 'ms',
    ours,
    floor: bare,
    ratioToFloor: round(ours / bare),
    aimMs: inboxAimMs,
    rows: ids.length,
    indexes: [...scans].toSorted(),
    runs: inboxRuns,
    violations: strayScans(scans).map((name) => `${view} ${what} reads ${name}`),
  };
}

/** As many tasks by their ids: what a page costs when nothing has to be found. */
async function floor(ids: readonly string[]): Promise<number> {
  const wanted = ids.filter((id) => id !== '').slice(0, inboxPageSize);
  const from = nowMs();
  await pageDb()
    .select({ taskId: workflowTasks.taskId, title: workflowTasks.title })
    .from(workflowTasks)
    .where(inArray(workflowTasks.taskId, wanted));
  return nowMs() - from;
}

await main();
