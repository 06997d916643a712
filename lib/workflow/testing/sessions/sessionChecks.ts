/** What must hold of the logs once all sessions have come to rest. */
import type { Sql } from 'postgres';
import type { ExecutionKey } from '../../model/ports/store';
import { createPostgresStore } from '../../persistence/executions/postgresStore';
import { whatOf, type Told } from './sessionWorker';

/** What was accepted: it must arrive. */
export type Expected =
  | { readonly kind: 'signal'; readonly executionId: string; readonly eventId: string }
  | { readonly kind: 'bus'; readonly order: string; readonly eventId: string };

export async function checkLogs(
  sql: Sql,
  keys: readonly ExecutionKey[],
  { told, expected }: { readonly told: readonly Told[]; readonly expected: readonly Expected[] },
): Promise<string[]> {
  const found: string[] = [];
  const ids = keys.map((key) => key.executionId);
  const heads = await sql<{ execution_id: string; head_seq: number; seqs: number[] }[]>`
    SELECT e.execution_id, e.head_seq,
           ARRAY(SELECT l.seq FROM workflow_events l
                 WHERE l.execution_id = e.execution_id AND l.seq IS NOT NULL ORDER BY l.seq) AS seqs
    FROM workflow_executions e WHERE e.execution_id = ANY(${ids}::uuid[])`;
  for (const { execution_id: id, head_seq: head, seqs } of heads) {
    const isDense = seqs.length === head && seqs.every((seq, index) => seq === index + 1);
    if (!isDense) found.push(`the log of ${id} has a head of ${head} and the entries ${seqs.join(', ')}`);
  }
  // A log that is not dense cannot be read.
  if (found.length > 0) return found;

  const logs = new Map<string, string[]>();
  for (const { executionId, history } of await createPostgresStore({ sql }).load({ executions: keys })) {
    logs.set(executionId, history.map(whatOf));
  }
  for (const { worker, executionId, seq, what } of told) {
    const recorded = logs.get(executionId)?.[seq - 1] ?? 'nothing';
    if (recorded !== what) found.push(`${worker} was told that entry ${seq} is ${what}; the log has ${recorded}`);
  }

  const rows = await sql<{ execution_id: string; event_id: string; in_log: boolean }[]>`
    SELECT execution_id, coalesce(bus_event_id::text, payload -> 'event' ->> 'event_id') AS event_id,
           seq IS NOT NULL AS in_log
    FROM workflow_events WHERE execution_id = ANY(${ids}::uuid[]) AND kind = 'event_received'`;
  const waits = await sql<{ execution_id: string; order: string }[]>`
    SELECT DISTINCT execution_id, match ->> 'order' AS order FROM workflow_waits
    WHERE execution_id = ANY(${ids}::uuid[])`;
  const count = (executionId: string, eventId: string): number =>
    rows.filter((row) => row.execution_id === executionId && row.event_id === eventId && row.in_log).length;
  for (const each of expected) {
    const receivers =
      each.kind === 'signal'
        ? [each.executionId]
        : waits.filter(({ order }) => order === each.order).map((wait) => wait.execution_id);
    for (const executionId of receivers) {
      const times = count(executionId, each.eventId);
      if (times !== 1) found.push(`a ${each.kind} event for ${executionId} is ${times} times in its log`);
    }
  }
  return found;
}
