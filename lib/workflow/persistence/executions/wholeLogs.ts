/**
 * Whole logs and all their action results, as columns of one row for each execution: thousands of small rows cost the
 * driver several times what it costs to take these texts apart.
 *
 * Measured with a log of 5,000 entries and 1,000 results, read the first time by a process and later, in milliseconds:
 * rows 62 and 21, with results 83 and 28; arrays of JSON for each entry 25 and 19; columns 12 and 8, with results 16
 * and 11.
 */
import type { RecordedError } from '../../model/errors';
import type { JsonValue } from '../../model/json';
import type { EntryRow } from './historyRows';
import type { ResultRow } from './loadExecutions';

/**
 * The log of execution `e`, for a lateral join: one row in any case. Instants are milliseconds since the epoch, cut like
 * those of a single entry are. Payloads are texts as they are stored: nothing is parsed twice.
 */
export const logSql = `
SELECT count(*)::int AS entries, max(seq) AS highest,
       array_agg(floor(date_part('epoch', at) * 1000 + 0.0005)::bigint)::text AS instants,
       string_agg(kind, ',') AS kinds, json_agg(name) AS names, json_agg(command_id) AS command_ids,
       '[' || string_agg(coalesce(payload::text, 'null'), ',') || ']' AS payloads
FROM (SELECT v.seq, v.at, v.kind, v.name, v.command_id, v.payload FROM workflow_events v
      WHERE v.execution_id = e.execution_id AND v.partition_id = e.partition_id AND v.seq IS NOT NULL
      ORDER BY v.seq) AS entries`;

/** The action results of execution `e`, for a lateral join: one row in any case. */
export const resultsSql = `
SELECT count(*)::int AS results, json_agg(command_id) AS result_ids, json_agg(action_name) AS action_names,
       string_agg(status, ',') AS statuses, array_agg(attempts)::text AS attempts,
       '[' || string_agg(coalesce(params::text, 'null'), ',') || ']' AS params,
       '[' || string_agg(coalesce(result::text, 'null'), ',') || ']' AS result_values,
       '[' || string_agg(coalesce(error::text, 'null'), ',') || ']' AS errors,
       json_agg(floor(date_part('epoch', started_at) * 1000 + 0.0005)::bigint) AS started,
       json_agg(floor(date_part('epoch', next_attempt_at) * 1000 + 0.0005)::bigint) AS next_attempts,
       json_agg(floor(date_part('epoch', completed_at) * 1000 + 0.0005)::bigint) AS completed,
       json_agg(via_inbox) AS via_inbox, json_agg(n) AS ns, json_agg(args_hash) AS args_hashes
FROM workflow_action_results a
WHERE a.execution_id = e.execution_id AND a.partition_id = e.partition_id`;

/** The columns are null where there is no entry. */
export interface LogColumns {
  readonly entries: number;
  readonly highest: number | null;
  readonly instants: string | null;
  readonly kinds: string | null;
  readonly names: readonly (string | null)[] | null;
  readonly command_ids: readonly (string | null)[] | null;
  readonly payloads: string | null;
}

/** The columns are null where there is no result. */
export interface ResultColumns {
  readonly results: number;
  readonly result_ids: readonly string[] | null;
  readonly action_names: readonly string[] | null;
  readonly statuses: string | null;
  readonly attempts: string | null;
  readonly params: string | null;
  readonly result_values: string | null;
  readonly errors: string | null;
  readonly started: readonly number[] | null;
  readonly next_attempts: readonly (number | null)[] | null;
  readonly completed: readonly (number | null)[] | null;
  readonly via_inbox: readonly (boolean | null)[] | null;
  readonly ns: readonly (number | null)[] | null;
  readonly args_hashes: readonly (string | null)[] | null;
}

/** The entries of a log as rows; null where it has a hole. */
export function entriesOf(log: LogColumns): EntryRow[] | null {
  if (log.entries !== (log.highest ?? 0)) return null;
  if (log.entries === 0) return [];
  const instants = numbers(log.instants);
  const payloads = values<JsonValue>(log.payloads);
  const { names, command_ids: commandIds } = log;
  return texts(log.kinds).map((kind, index) => ({
    seq: index + 1,
    atMs: instants[index] ?? 0,
    kind,
    name: names?.[index] ?? null,
    commandId: commandIds?.[index] ?? null,
    payload: payloads[index] ?? null,
  }));
}

/** A result and the call that it is of. */
export interface WholeResult extends Omit<ResultRow, 'execution_id'> {
  readonly n: number | null;
  readonly args_hash: string | null;
}

export function resultsOf(columns: ResultColumns): WholeResult[] {
  if (columns.results === 0) return [];
  const { result_ids: ids, action_names: names, started, next_attempts: nextAttempts, completed, via_inbox } = columns;
  const attempts = numbers(columns.attempts);
  const params = values<JsonValue>(columns.params);
  const results = values<JsonValue>(columns.result_values);
  const errors = values<RecordedError | null>(columns.errors);
  return texts(columns.statuses).map((status, index) => ({
    status: status as ResultRow['status'],
    command_id: ids?.[index] ?? '',
    action_name: names?.[index] ?? '',
    params: params[index] ?? null,
    result: results[index] ?? null,
    error: errors[index] ?? null,
    attempts: attempts[index] ?? 0,
    started_at: new Date(started?.[index] ?? 0),
    next_attempt_at: dateOf(nextAttempts?.[index]),
    completed_at: dateOf(completed?.[index]),
    via_inbox: via_inbox?.[index] ?? null,
    n: columns.ns?.[index] ?? null,
    args_hash: columns.args_hashes?.[index] ?? null,
  }));
}

const dateOf = (ms: number | null | undefined): Date | null => (ms === null || ms === undefined ? null : new Date(ms));

/** Of the text of an array of numbers, `{1,2}`. */
const numbers = (text: string | null): number[] => values<number>(text && `[${text.slice(1, -1)}]`);

const values = <T>(text: string | null): T[] => (text === null ? [] : (JSON.parse(text) as T[]));

const texts = (joined: string | null): string[] => joined?.split(',') ?? [];
