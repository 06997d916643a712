/** As many tasks as a large tenant has after years, for plans and times of the inbox. */
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import type { InboxView } from '../inbox-views';
import type { TaskFilter } from '../task-filter';

/** What due dates are counted from; about a tenth of the open tasks are late by then. */
export const manyTasksNowMs = Date.parse('2026-11-23T12:00:00Z');

/** Filters that a list is narrowed by, alone and together: frequent, rare and in vain. */
export const manyTasksFilters: readonly Partial<TaskFilter>[] = [
  {},
  { words: 'inv 4242' },
  { words: 'approve' },
  { words: 'nordwind' },
  { words: 'nobody wrote this' },
  { taskType: 'mapping' },
  { priority: 'high' },
  { priority: 'urgent' },
  { due: 'overdue' },
  { due: 'soon' },
  { due: 'week' },
  { due: 'none' },
  { workflow: 'InvoiceReview' },
  { workflow: 'YearEnd' },
  { workflow: 'Nowhere' },
  { words: 'inv 42', taskType: 'mapping', priority: 'high', due: 'overdue', workflow: 'InvoiceReview' },
];

/** Where an index alone must find few tasks among many. */
export const manyTasksIndexes: readonly (readonly [InboxView, readonly string[], Partial<TaskFilter>, string])[] = [
  ['for-me', ['clerk'], {}, 'workflow_tasks_found'],
  ['for-me', ['manager'], { words: 'inv 4242' }, 'workflow_tasks_found'],
  ['for-me', ['manager'], {}, 'workflow_tasks_due'],
  ['for-me', ['manager'], { due: 'overdue' }, 'workflow_tasks_due'],
  ['groups', ['manager'], {}, 'workflow_tasks_due'],
  ['groups', ['clerk'], {}, 'workflow_tasks_found'],
  ['unassigned', ['manager'], {}, 'workflow_tasks_due'],
  ['taken', ['manager'], {}, 'workflow_tasks_assignee'],
  ['done', ['manager'], {}, 'workflow_tasks_ended'],
];

/**
 * Half of the tasks are over, most of the others are for managers, few for clerks, some are claimed, and one in ten
 * shares its error with others. Tables are vacuumed and analysed afterwards.
 * @param withInvoices each task belongs to an execution that an invoice started.
 */
export async function insertManyTasks(
  sql: postgres.Sql,
  {
    tenant,
    count,
    withInvoices = false,
  }: { readonly tenant: string; readonly count: number; readonly withInvoices?: boolean },
): Promise<void> {
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review'), ('mapping', 'Mapping', 'system', 'review') ON CONFLICT DO NOTHING`;
  await sql`CREATE TEMP TABLE many ON COMMIT PRESERVE ROWS AS
    SELECT n, gen_random_uuid() AS task_id, gen_random_uuid() AS execution_id, gen_random_uuid() AS event_id,
      CASE WHEN n % 4 < 2 THEN 'completed' WHEN n % 40 < 4 THEN 'claimed' ELSE 'pending' END AS status,
      CASE n % 13 WHEN 0 THEN 'mia' ELSE 'person' || n % 50 END AS person,
      CASE n % 9 WHEN 0 THEN 'mapping' ELSE 'review' END AS type,
      CASE WHEN n % 5 > 0 THEN 'InvoiceReview' WHEN n % 10000 = 5 THEN 'YearEnd' ELSE 'Reconciliation' END AS workflow,
      'Customer ' || n % 3000 || CASE n % 400 WHEN 3 THEN ' Nordwind' ELSE '' END AS customer,
      timestamptz '2026-10-01' AS start
    FROM generate_series(1, ${count}::int) n`;
  if (withInvoices) {
    await sql`
      INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
      SELECT ${tenant} || n, ${tenant}, n, customer, n * 100, 'submitted', person FROM many`;
    await sql`
      INSERT INTO workflow_bus_events (event_id, tenant_id, event_type, event_name, payload, correlation_id, fanned_out_at)
      SELECT event_id, ${tenant}, 'INVOICE_SUBMITTED', 'INVOICE_SUBMITTED', json_build_object('invoiceId', ${tenant} || n),
        n, now() FROM many`;
    await sql`
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, correlation_id, started_by_event_id, ended_at)
      SELECT execution_id, 1, ${tenant}, workflow, '1', ${randomUUID()}, CASE status WHEN 'completed' THEN status ELSE 'waiting' END,
        1, n, event_id, CASE status WHEN 'completed' THEN now() END FROM many`;
  }
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, subject, status,
      priority, candidate_roles, candidate_users, excluded_users, assignee, requested_by, workflow_name, context_data,
      warnings, completion_event, ended_by, due_at, created_at, ended_at, fingerprint)
    SELECT task_id, ${tenant}, execution_id, 1, 'c', type, 'system', type, 'system', ${randomUUID()}, 1,
      'Approve invoice INV-' || n, customer, status,
      CASE WHEN n % 7 = 0 THEN 'high' WHEN n % 2000 = 3 THEN 'urgent' ELSE 'normal' END,
      CASE WHEN n % 500 < 2 THEN '{clerk}' ELSE '{manager}' END::text[], '{}', '{}',
      CASE WHEN status <> 'pending' THEN person END, 'person' || n % 50, workflow,
      json_build_object('customer', customer, 'amountText', '€' || n, 'note', 'Delivery as agreed on'), '[]', 'Done',
      CASE WHEN status = 'completed' THEN person END,
      CASE WHEN n % 11 > 0 THEN start + n % 10000 * interval '1 hour' END, start + n * interval '1 second',
      CASE WHEN status = 'completed' THEN start + n * interval '1 second' END,
      CASE WHEN n % 10 < 2 THEN 'error ' || n % 4000 END
    FROM many`;
  await sql`DROP TABLE many`;
  await sql`VACUUM ANALYZE workflow_tasks`;
  if (withInvoices) await sql`VACUUM ANALYZE invoices, workflow_bus_events, workflow_executions`;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A query of Drizzle. */
interface Explained {
  toSQL(): { readonly sql: string; readonly params: unknown[] };
}

/** How a query of Drizzle finds its rows: the names of the indexes, and every scan that uses none as `all of <table>`. */
export async function scansOf(sql: postgres.Sql, query: Explained): Promise<ReadonlySet<string>> {
  return new Set(scansIn(await planOf(sql, query)).map(({ name }) => name));
}

async function planOf(sql: postgres.Sql, query: Explained, options = ''): Promise<PlanNode> {
  const { sql: text, params } = query.toSQL();
  const [row] = await sql.unsafe(
    `EXPLAIN (${options}FORMAT JSON) ${text}`,
    params as postgres.ParameterOrJSON<never>[],
  );
  const [{ Plan: plan }] = row?.['QUERY PLAN'] as [{ readonly Plan: PlanNode }];
  return plan;
}

function scansIn(node: PlanNode): readonly { readonly name: string; readonly loops: number }[] {
  const loops = node['Actual Loops'] ?? 0;
  const below = (node.Plans ?? []).flatMap(scansIn);
  if (node['Index Name'] !== undefined) return [{ name: node['Index Name'], loops }, ...below];
  return node['Node Type'] === 'Seq Scan'
    ? [{ name: `all of ${node['Relation Name'] ?? ''}`, loops }, ...below]
    : below;
}

/** Like `scansOf`, of a query that is carried out: only scans that were begun. */
export async function begunScansOf(sql: postgres.Sql, query: Explained): Promise<ReadonlySet<string>> {
  return new Set(scansIn(await planOf(sql, query, 'ANALYZE, ')).flatMap(({ name, loops }) => (loops > 0 ? name : [])));
}

/** Of those, what is no index of the tasks. */
export const strayScans = (scans: ReadonlySet<string>): readonly string[] =>
  [...scans].filter((name) => !name.startsWith('workflow_tasks_'));
