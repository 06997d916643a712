/** What must be true of executions on real processes at their end: the checks of the simulation, on what Postgres holds. */
import type { Sql } from 'postgres';
import { drainMacrotask } from '../../core/sandbox';
import type { RecordedError } from '../../model/errors';
import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { LoadedExecution } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import type { WorkflowDefinition } from '../../model/workflow';
import { createPostgresStore } from '../../persistence/executions/postgresStore';
import { checkActions, checkOrder, checkPrefixes, checkTimers, type Say } from '../simulation/historyChecks';
import type { EndOfRun } from '../simulation/scenario';

export interface AttackedExecution {
  readonly executionId: string;
  /** For people: which shape or program. */
  readonly title: string;
  readonly definition: WorkflowDefinition;
  readonly judge: (ended: EndOfRun) => readonly string[];
  /** Ids of events whose submission was accepted. */
  readonly accepted: string[];
}

interface Row {
  execution_id: string;
  partition_id: number;
  result: JsonValue;
  error: RecordedError | null;
  head_seq: number;
  inbox: number;
  late: string[];
  waits: number;
  open_tasks: number;
}

export async function attackViolations(sql: Sql, executions: readonly AttackedExecution[]): Promise<string[]> {
  const ids = executions.map(({ executionId }) => executionId);
  const [rows, effects, calls] = await Promise.all([
    sql<Row[]>`
      SELECT e.execution_id, e.partition_id, e.result, e.error, e.head_seq::int AS head_seq,
        (SELECT count(*)::int FROM workflow_events i
         WHERE i.execution_id = e.execution_id AND i.seq IS NULL AND i.disposition IS NULL) AS inbox,
        ARRAY(SELECT i.payload->'event'->>'event_id' FROM workflow_events i
              WHERE i.execution_id = e.execution_id AND i.disposition = 'too_late') AS late,
        (SELECT count(*)::int FROM workflow_waits w WHERE w.execution_id = e.execution_id)
          + (SELECT count(*)::int FROM workflow_timers t WHERE t.execution_id = e.execution_id) AS waits,
        (SELECT count(*)::int FROM workflow_tasks k
         WHERE k.execution_id = e.execution_id AND k.status IN ('pending', 'claimed')) AS open_tasks
      FROM workflow_executions e WHERE e.execution_id = ANY(${ids}::uuid[])`,
    sql<{ execution_id: string; command_id: string; what: string }[]>`
      SELECT execution_id, command_id, what FROM attack_effects WHERE execution_id = ANY(${ids}::text[])`,
    sql<{ execution_id: string; command_id: string; what: string; idempotency_key: string }[]>`
      SELECT execution_id, command_id, what, idempotency_key FROM attack_calls
      WHERE execution_id = ANY(${ids}::text[])`,
  ]);
  const store = createPostgresStore({ sql });
  const keys = rows.map((row) => ({ executionId: row.execution_id, partitionId: row.partition_id }));
  const loaded = new Map((await store.load({ executions: keys })).map((each) => [each.executionId, each]));
  const found: string[] = [];
  for (const execution of executions) {
    const { executionId, title } = execution;
    const say: Say = (what) => found.push(`${title} ${executionId} ${what}`);
    const row = rows.find((each) => each.execution_id === executionId);
    const whole = loaded.get(executionId);
    if (!row || !whole) {
      say('is lost');
      continue;
    }
    const seen = {
      effects: effects
        .filter((each) => each.execution_id === executionId)
        .map((each) => ({ executionId, commandId: each.command_id, sql: '', bindings: [each.what] })),
      externalCalls: calls
        .filter((each) => each.execution_id === executionId)
        .map((each) => {
          const { command_id: commandId, what, idempotency_key: idempotencyKey } = each;
          return { executionId, commandId, what, idempotencyKey };
        }),
    };
    await judgeOne(execution, row, whole, seen, say);
  }
  return found;
}

async function judgeOne(
  { executionId, definition, judge, accepted }: AttackedExecution,
  row: Row,
  { history, status, tenant }: LoadedExecution,
  seen: Parameters<typeof checkActions>[2],
  say: Say,
): Promise<void> {
  const { result, error } = row;
  const booked = seen.effects.map(({ bindings }) => String(bindings[0]));
  for (const what of judge({ status, result, error, history, booked })) say(what);
  if (!isEnded(status)) return;
  checkOrder(history, say);
  if (row.head_seq !== history.length) say(`has a head of ${row.head_seq} and a log of ${history.length} entries`);
  checkActions(executionId, history, seen, say);
  checkTimers(history, say);
  checkAccepted(history, row.late, accepted, say);
  if (row.inbox > 0) say(`left ${row.inbox} rows in its inbox`);
  if (row.waits + row.open_tasks > 0) say('left timers, waits or open tasks');
  await checkPrefixes(
    { ended: { executionId, tenant, status, result }, definition, history, drain: drainMacrotask },
    say,
  );
}

function checkAccepted(
  history: readonly HistoryEntry[],
  late: readonly string[],
  accepted: readonly string[],
  say: Say,
): void {
  const logged = history.flatMap((entry) => (entry.kind === 'event_received' ? [entry.body.event.event_id] : []));
  const times = new Map<string, number>();
  for (const eventId of [...logged, ...late]) times.set(eventId, (times.get(eventId) ?? 0) + 1);
  for (const eventId of accepted) {
    if (times.get(eventId) !== 1) say(`has accepted event ${eventId} ${times.get(eventId) ?? 0} times`);
  }
}
