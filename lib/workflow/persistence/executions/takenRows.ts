/** What the statements that take have in common: which executions they are asked for, and what they answer with. */
import type { HistoryEntry } from '../../model/history';
import type { ExecutionKey, StoredActionResult, TakenEntries } from '../../model/ports/store';
import { entryFromRow, rowOf, type SelectedEntry } from './historyRows';

/** An entry; `seq` is null in the row that stands for an execution whether or not there was something to take. */
export type TakenRow = { readonly execution_id: string } & (SelectedEntry | { readonly seq: null });

/** The executions and the heads that they are expected to have, as lists of one length. */
export function expectedHeads(
  items: readonly (ExecutionKey & { readonly headSeq: number })[],
): [executionIds: string[], partitionIds: number[], headSeqs: number[]] {
  return [
    items.map((item) => item.executionId),
    items.map((item) => item.partitionId),
    items.map((item) => item.headSeq),
  ];
}

/**
 * Entries by execution; those whose head was another have no row, and are left out.
 * @param resultOf finds the result that the entry of an action's outcome points to.
 */
export function takenFrom(
  rows: readonly TakenRow[],
  resultOf: (executionId: string, commandId: string) => StoredActionResult | undefined = () => undefined,
): TakenEntries[] {
  const taken = new Map<string, HistoryEntry[]>();
  for (const row of rows) {
    const { execution_id: executionId } = row;
    const entries = taken.get(executionId) ?? [];
    taken.set(executionId, entries);
    const entry = row.seq === null ? null : entryFromRow(rowOf(row), (commandId) => resultOf(executionId, commandId));
    if (entry) entries.push(entry);
  }
  return [...taken].map(([executionId, entries]) => ({ executionId, entries }));
}
