/** What must be true of executions at their end, whatever happened to the processes on the way. */
import type { Sql } from 'postgres';
import { isEnded, type ExecutionStatus } from '../../model/status';
import { expectations } from './fixtureCode';
import type { StartedExecution } from './load';

const patienceMs = 90_000;

/** Waits until all have ended. Those that did not in time are named by `violations`. */
export async function untilEnded(
  sql: Sql,
  executions: readonly Pick<StartedExecution, 'executionId'>[],
): Promise<void> {
  const ids = executions.map(({ executionId }) => executionId);
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const [row] = await sql<{ open: number }[]>`
      SELECT count(*)::int AS open FROM workflow_executions
      WHERE execution_id = ANY(${ids}::uuid[]) AND status NOT IN ('completed', 'failed')`;
    if (row?.open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

interface Observed {
  execution_id: string;
  status: ExecutionStatus;
  head_seq: number;
  result: unknown;
  error: unknown;
  entries: number;
  distinct_seqs: number;
  last_seq: number | null;
  first_seq: number | null;
  doubled: string[];
  results: number;
  unfinished_results: number;
  inbox: number;
  late: number;
  timers: number;
  waits: number;
  open_tasks: number;
  tasks: number;
  calls: { command_id: string; keys: string[] }[] | null;
  amount: string;
}

/** One sentence for each thing that is wrong. */
export async function violations(sql: Sql, executions: readonly StartedExecution[]): Promise<string[]> {
  const observed = new Map((await observe(sql, executions)).map((row) => [row.execution_id, row]));
  return executions.flatMap((execution) => {
    const row = observed.get(execution.executionId);
    const found = row ? judge(execution, row) : ['is lost'];
    return found.map((what) => `${execution.workflow} ${execution.executionId} ${what}`);
  });
}

function judge({ workflow }: StartedExecution, row: Observed): string[] {
  const expected = expectations[workflow];
  const found: string[] = [];
  const check = (isTrue: boolean, what: string) => void (isTrue || found.push(what));
  check(isEnded(row.status), `is still ${row.status}`);
  if (!isEnded(row.status)) return [...found, `has ${row.entries} entries and ${row.inbox} in the inbox`];
  const results: readonly unknown[] = expected.results;
  check(
    row.status === 'completed' && results.includes(row.result),
    `ended ${row.status} with ${JSON.stringify(row.result)} ${JSON.stringify(row.error)}`,
  );
  const dense = row.first_seq === 1 && row.last_seq === row.head_seq;
  check(
    dense && row.entries === row.head_seq && row.distinct_seqs === row.head_seq,
    `has a log of ${row.entries} entries, ${row.first_seq} to ${row.last_seq}, and a head of ${row.head_seq}`,
  );
  check(row.doubled.length === 0, `logged twice: ${row.doubled.join(', ')}`);
  check(Number(row.amount) === expected.amount, `added ${row.amount} instead of ${expected.amount}`);
  const digits = String(expected.amount).length;
  check(row.results === expected.calls + digits, `has ${row.results} results of actions`);
  check(row.unfinished_results === 0, `has ${row.unfinished_results} results without an end`);
  check(row.inbox === 0 && row.late === 0, `left ${row.inbox} in the inbox and ${row.late} too late`);
  check(row.timers + row.waits + row.open_tasks === 0, 'left timers, waits or open tasks');
  check(row.tasks === expected.tasks, `made ${row.tasks} tasks`);
  const calls = row.calls ?? [];
  check(calls.length === expected.calls, `reached out for ${calls.length} of ${expected.calls} commands`);
  check(
    calls.every(({ keys }) => keys.length === 1),
    'used several idempotency keys for one command',
  );
  return found;
}

function observe(sql: Sql, executions: readonly StartedExecution[]): Promise<Observed[]> {
  const ids = executions.map(({ executionId }) => executionId);
  const invoices = executions.map(({ invoiceId }) => invoiceId);
  return sql<Observed[]>`
    SELECT e.execution_id, e.status, e.head_seq, e.result, e.error, log.*, actions.*,
      (SELECT count(*)::int FROM workflow_events i
       WHERE i.execution_id = e.execution_id AND i.seq IS NULL AND i.disposition IS NULL) AS inbox,
      (SELECT count(*)::int FROM workflow_events i
       WHERE i.execution_id = e.execution_id AND i.disposition IS NOT NULL) AS late,
      (SELECT count(*)::int FROM workflow_timers t WHERE t.execution_id = e.execution_id) AS timers,
      (SELECT count(*)::int FROM workflow_waits w WHERE w.execution_id = e.execution_id) AS waits,
      (SELECT count(*)::int FROM workflow_tasks k
       WHERE k.execution_id = e.execution_id AND k.status IN ('pending', 'claimed')) AS open_tasks,
      (SELECT count(*)::int FROM workflow_tasks k WHERE k.execution_id = e.execution_id) AS tasks,
      (SELECT json_agg(c) FROM (
         SELECT command_id, array_agg(DISTINCT idempotency_key) AS keys FROM kill_calls
         WHERE execution_id = e.execution_id::text GROUP BY command_id) c) AS calls,
      (SELECT amount_cents FROM invoices v WHERE v.id = wanted.invoice_id) AS amount
    FROM unnest(${ids}::uuid[], ${invoices}::text[]) AS wanted(execution_id, invoice_id)
    JOIN workflow_executions e ON e.execution_id = wanted.execution_id
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS entries, count(DISTINCT seq)::int AS distinct_seqs, min(seq) AS first_seq,
             max(seq) AS last_seq,
             ARRAY(SELECT d.kind || ' ' || d.command_id FROM workflow_events d
                   WHERE d.execution_id = e.execution_id AND d.seq IS NOT NULL AND d.command_id IS NOT NULL
                   GROUP BY d.kind, d.command_id HAVING count(*) > 1) AS doubled
      FROM workflow_events l WHERE l.execution_id = e.execution_id AND l.seq IS NOT NULL) log
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS results, (count(*) FILTER (WHERE status <> 'completed'))::int AS unfinished_results
      FROM workflow_action_results r WHERE r.execution_id = e.execution_id) actions`;
}
