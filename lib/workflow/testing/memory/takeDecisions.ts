import { isDecision, type HistoryEntry } from '../../model/history';
import { FencedError, type TakeDecisionsItem, type TakenEntries } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { readEntry } from './entries';
import type { ExecutionTableRow, InboxRow, MemoryTables } from './tables';

/** Gives decisions alone their places in the log, as the statement on Postgres does. */
export function takeDecisions(
  tables: MemoryTables,
  workerId: string,
  items: readonly TakeDecisionsItem[],
): TakenEntries[] {
  if (items.length === 0) return [];
  if (tables.isFenced(workerId)) throw new FencedError(workerId);
  return items.flatMap((item) => {
    const row = tables.executions.get(item.executionId);
    if (!row || row.partitionId !== item.partitionId || row.headSeq !== item.headSeq) return [];
    if (isEnded(row.status) && row.status !== 'failed') return [];
    return [{ executionId: row.executionId, entries: takeOne(tables, workerId, row, item) }];
  });
}

function takeOne(
  tables: MemoryTables,
  workerId: string,
  row: ExecutionTableRow,
  item: TakeDecisionsItem,
): HistoryEntry[] {
  const { executionId, partitionId, headSeq: fromHead } = row;
  const decisions = row.inbox.filter((each) => isTaken(row, each));
  if (decisions.length === 0) return [];
  const { tenant, workflowName, workflowKey } = row;
  const isBarred = row.status === 'failed' && workflowKey !== null;
  if (isBarred && tables.holderOfKey({ tenant, workflowName, workflowKey })) {
    for (const each of decisions) each.disposition = 'too_late';
    return [];
  }
  if (row.status === 'failed') hearOfChildren(tables, row, item.atMs);
  for (const { kind, name, payloadText } of decisions) {
    row.headSeq += 1;
    row.log.push({ seq: row.headSeq, atMs: item.atMs, kind, name, commandId: null, payloadText });
  }
  row.inbox = row.inbox.filter((each) => !decisions.includes(each));
  const kinds = decisions.map(({ kind }) => kind);
  if (row.status === 'failed') {
    setBack(row, item.failuresUndone);
    reopen(tables, row);
  }
  const isToRun = kinds.includes('terminate_requested') || kinds.includes('execution_retried');
  const hold = kinds.findLast((kind) => kind === 'execution_paused' || kind === 'execution_resumed');
  row.status = isToRun || hold === 'execution_resumed' ? 'running' : 'paused';
  row.error = null;
  tables.options.onWrite?.({ statement: 'take', workerId, executionId, partitionId, fromHead, toHead: row.headSeq });
  return row.log.slice(fromHead).flatMap((entry) => readEntry(entry, () => undefined) ?? []);
}

function isTaken(row: ExecutionTableRow, { kind, disposition }: InboxRow): boolean {
  if (disposition !== null) return false;
  if (row.status === 'failed') return kind === 'execution_retried';
  return isDecision(kind) && kind !== 'cancel_requested';
}

/** Children that the parent knows as failed, and that were retried and ended another way since. */
function hearOfChildren(tables: MemoryTables, row: ExecutionTableRow, atMs: number): void {
  const ends = [...tables.executions.values()].flatMap((child) => {
    const { executionId: childExecutionId, status, result, error, parentExecutionId } = child;
    if (parentExecutionId !== row.executionId || !isEnded(status)) return [];
    if (status === 'failed' || status === 'continued_as_new') return [];
    const started = JSON.parse(child.log[0]?.payloadText ?? '{}') as { readonly parent?: { commandId: string } };
    const commandId = started.parent?.commandId ?? '';
    return knowsAsFailed(row, commandId)
      ? [{ name: status, commandId, payload: { childExecutionId, status, result, error } }]
      : [];
  });
  for (const { payload, ...end } of ends.sort((a, b) => (a.commandId < b.commandId ? -1 : 1))) {
    row.headSeq += 1;
    const payloadText = JSON.stringify(payload);
    row.log.push({ seq: row.headSeq, atMs, kind: 'child_ended', payloadText, ...end });
  }
}

/** Whether it was told of the child's failure, and of no other end: only what failed ends again. */
function knowsAsFailed(row: ExecutionTableRow, commandId: string): boolean {
  const told = [...row.log, ...row.inbox].filter((each) => each.kind === 'child_ended' && each.commandId === commandId);
  return told.length > 0 && told.every(({ name }) => name === 'failed');
}

function setBack(row: ExecutionTableRow, commandIds: readonly string[]): void {
  row.result = null;
  row.endedAtMs = null;
  for (const commandId of commandIds) {
    const result = row.results.get(commandId);
    if (result?.status === 'failed') Object.assign(result, { status: 'retrying', attempts: 0, completedAtMs: null });
  }
}

/** What came too late for the run that failed is for the one that goes on. */
function reopen(tables: MemoryTables, row: ExecutionTableRow): void {
  for (const each of row.inbox) {
    if (each.disposition === null || isDecision(each.kind)) continue;
    each.disposition = null;
    for (const letter of tables.deadLetters) if (letter.rowId === each.rowId) letter.isSettled = true;
  }
}
