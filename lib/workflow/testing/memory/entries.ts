import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { StoredActionResult } from '../../model/ports/store';
import { entryColumns, entryFromRow } from '../../persistence/executions/historyRows';
import type { LogRow, ResultRow } from './tables';

/** An entry as its row holds it: the columns are those of the product. */
export function writeEntry(entry: HistoryEntry): LogRow {
  const { name, commandId, payload } = entryColumns(entry);
  const payloadText = payload === null ? null : JSON.stringify(payload);
  return { seq: entry.seq, atMs: entry.at, kind: entry.kind, name, commandId, payloadText };
}

export function readEntry(
  row: LogRow,
  resultOf: (commandId: string) => StoredActionResult | undefined,
): HistoryEntry | null {
  const { seq, atMs, kind, name, commandId, payloadText } = row;
  const payload = payloadText === null ? null : (JSON.parse(payloadText) as JsonValue);
  return entryFromRow({ seq, atMs, kind, name, commandId, payload }, resultOf);
}

export function readResult(row: ResultRow): StoredActionResult {
  const { commandId, actionName, attempts, status, startedAtMs, error } = row;
  const completedAtMs = row.completedAtMs ?? startedAtMs;
  const common = {
    attempts,
    startedAtMs,
    completedAtMs,
    stored: true,
    params: JSON.parse(row.paramsText) as JsonValue,
  };
  const facts = { commandId, actionName, attempts, startedAtMs, nextAttemptAtMs: row.nextAttemptAtMs };
  if (status === 'completed') {
    const result = JSON.parse(row.resultText ?? 'null') as JsonValue;
    return { ...facts, outcome: { ...common, status, result } };
  }
  if (status === 'failed' && error) return { ...facts, outcome: { ...common, status, error } };
  return { ...facts, outcome: null };
}
