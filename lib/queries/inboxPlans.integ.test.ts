import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { inboxCount, inboxPage, inboxViews, type InboxView } from './inbox';
import { noFilter, type TaskFilter } from './task-filter';

let database: TestDatabase;
let sql: postgres.Sql;
const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
const nowMs = Date.parse('2026-11-23T12:00:00Z');

/** Many tasks of two tenants: most are for managers, a few for clerks, some are claimed, half are over. */
beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review'), ('mapping', 'Mapping', 'system', 'review')`;
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status, priority,
      candidate_roles, candidate_users, excluded_users, assignee, context_data, warnings, completion_event, ended_by,
      due_at, created_at, ended_at, fingerprint)
    SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'acme' ELSE 'globex' END, gen_random_uuid(), 1, 'c', type, 'system',
      type, 'system', ${randomUUID()}, 1, 'Approve invoice INV-' || n, status, CASE n % 7 WHEN 0 THEN 'high' ELSE 'normal' END,
      CASE WHEN n % 500 < 2 THEN '{clerk}' ELSE '{manager}' END::text[], '{}', '{}',
      CASE WHEN status <> 'pending' THEN person END, '{}', '[]', 'Done', CASE WHEN status = 'completed' THEN person END,
      start + n % 5000 * interval '1 hour', start + n * interval '1 second',
      CASE WHEN status = 'completed' THEN start + n * interval '1 second' END,
      CASE WHEN n % 10 < 2 THEN 'error ' || n % 4000 END
    FROM generate_series(1, 40000) n,
      LATERAL (SELECT CASE WHEN n % 4 < 2 THEN 'completed' WHEN n % 40 < 4 THEN 'claimed' ELSE 'pending' END AS status,
        CASE n % 12 WHEN 0 THEN 'mia' ELSE 'person' || n % 50 END AS person,
        CASE n % 9 WHEN 0 THEN 'mapping' ELSE 'review' END AS type, timestamptz '2026-10-01' AS start) about`;
  await sql`VACUUM ANALYZE workflow_tasks`;
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** How the tasks are found: the names of the indexes, and every scan that uses none. */
async function scansOf(query: { toSQL(): { readonly sql: string; readonly params: unknown[] } }): Promise<Set<string>> {
  const { sql: text, params } = query.toSQL();
  const [row] = await sql.unsafe(`EXPLAIN (FORMAT JSON) ${text}`, params as postgres.ParameterOrJSON<never>[]);
  const [{ Plan: plan }] = row?.['QUERY PLAN'] as [{ readonly Plan: PlanNode }];
  const all = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(all)];
  const names = all(plan).flatMap((node) => {
    if (node['Index Name'] !== undefined) return [node['Index Name']];
    return node['Node Type'] === 'Seq Scan' ? [`all of ${node['Relation Name'] ?? ''}`] : [];
  });
  return new Set(names);
}
const isOwnIndex = (name: string) => name.startsWith('workflow_tasks_');

describe('every view and filter of the inbox', () => {
  const filters: readonly Partial<TaskFilter>[] = [
    {},
    { words: 'inv 4242' },
    { words: 'approve' },
    { taskType: 'mapping' },
    { priority: 'high' },
    { due: 'overdue' },
    { due: 'soon' },
    { due: 'week' },
    { due: 'none' },
    { words: 'inv 42', taskType: 'mapping', priority: 'high', due: 'overdue' },
  ];
  const cases = inboxViews.flatMap((view) => filters.map((filter) => [view, JSON.stringify(filter), filter] as const));

  it.each(cases)('%s %s is one query on indexes', async (view, _, filter) => {
    const pageFor = (roles: readonly string[]) =>
      inboxPage({ ...mia, roles, view, filter: { ...noFilter, ...filter }, nowMs });
    for (const roles of [['manager'], ['clerk'], []]) {
      const scans = await scansOf(pageFor(roles));
      expect([...scans].filter((name) => !isOwnIndex(name))).toEqual([]);
      expect(scans.size).toBeGreaterThan(0);
    }
  });

  it('finds few tasks among many by whom they are for, by words and by who has them', async () => {
    const scans = (view: InboxView, roles: readonly string[], filter: Partial<TaskFilter> = {}) =>
      scansOf(inboxPage({ ...mia, roles, view, filter: { ...noFilter, ...filter }, nowMs }));
    expect(await scans('for-me', ['clerk'])).toContain('workflow_tasks_found');
    expect(await scans('for-me', ['manager'], { words: 'inv 4242' })).toContain('workflow_tasks_found');
    expect(await scans('for-me', ['manager'])).toContain('workflow_tasks_due');
    expect(await scans('taken', ['manager'])).toContain('workflow_tasks_assignee');
    expect(await scans('done', ['manager'])).toContain('workflow_tasks_ended');
  });

  it('is counted on indexes', async () => {
    for (const view of ['for-me', 'taken'] as const) {
      const scans = await scansOf(inboxCount(mia, view));
      expect([...scans].filter((name) => !isOwnIndex(name))).toEqual([]);
      expect(scans.size).toBeGreaterThan(0);
    }
  });
});
