import type { HistoryEntry } from '../../model/history';
import { FencedError, type TakeItem, type TakenEntries, type TimerRow } from '../../model/ports/store';
import { isOpen, type ExecutionTableRow, type LogRow, type MemoryTables } from './tables';
import { readEntry } from './entries';

/** Gives inbox rows and due timers their places in the log, as the take statement does. */
export function takeEntries(tables: MemoryTables, workerId: string, items: readonly TakeItem[]): TakenEntries[] {
  if (items.length === 0) return [];
  if (tables.isFenced(workerId)) throw new FencedError(workerId);
  return items.flatMap((item) => {
    const row = tables.executions.get(item.executionId);
    if (!row || row.partitionId !== item.partitionId || row.headSeq !== item.headSeq) return [];
    if (!['pending', 'running', 'waiting'].includes(row.status)) return [];
    return [{ executionId: row.executionId, entries: takeOne(tables, workerId, row, item) }];
  });
}

interface Arrival {
  readonly row: Omit<LogRow, 'seq' | 'atMs'>;
  readonly dueAtMs: number;
  /** null for a timer. */
  readonly rowId: number | null;
}

function takeOne(tables: MemoryTables, workerId: string, row: ExecutionTableRow, item: TakeItem): HistoryEntry[] {
  const fromHead = row.headSeq;
  let stampMs = item.atMs;
  const due = item.isWithoutTimers ? [] : dueTimers(tables, row);
  for (const { row: arrived, dueAtMs, rowId } of inOrder([...inbox(row), ...due])) {
    if (rowId === null) stampMs = Math.max(stampMs, dueAtMs);
    row.headSeq += 1;
    row.log.push({ ...arrived, seq: row.headSeq, atMs: stampMs });
  }
  row.inbox = row.inbox.filter((each) => each.disposition !== null);
  if (row.headSeq === fromHead) return [];
  row.status = 'running';
  const { executionId, partitionId } = row;
  tables.options.onWrite?.({
    statement: 'take',
    workerId,
    executionId,
    partitionId,
    fromHead,
    toHead: row.headSeq,
  });
  return row.log.slice(fromHead).flatMap((entry) => readEntry(entry, () => undefined) ?? []);
}

/** A row never counts as earlier than one that arrived before it, whatever its stamp says. */
function inbox(row: ExecutionTableRow): Arrival[] {
  let dueAtMs = Number.NEGATIVE_INFINITY;
  return row.inbox
    .filter((each) => each.disposition === null)
    .map(({ rowId, kind, name, commandId, payloadText, atMs }) => {
      dueAtMs = Math.max(dueAtMs, atMs);
      return { row: { kind, name, commandId, payloadText }, dueAtMs, rowId };
    });
}

/** Removes due timers. One whose task somebody ended first leaves no trace; else it closes its task. */
function dueTimers(tables: MemoryTables, row: ExecutionTableRow): Arrival[] {
  const due = [...row.timers.values()].filter(
    (timer) => timer.fireAtMs <= tables.nowMs() && !waitsItsTurn(tables, row, timer),
  );
  return due.flatMap(({ commandId, fireAtMs, taskId }) => {
    row.timers.delete(commandId);
    if (taskId !== null) {
      const task = tables.tasks.get(taskId);
      if (!task || !isOpen(task)) return [];
      task.isClosing = true;
    }
    const arrived = { kind: 'timer_fired', name: null, commandId, payloadText: null };
    return [{ row: arrived, dueAtMs: fireAtMs, rowId: null }];
  });
}

/** The timer of an open task is not taken together with what comes before it, which may withdraw it. */
function waitsItsTurn(tables: MemoryTables, row: ExecutionTableRow, timer: TimerRow): boolean {
  const task = timer.taskId === null ? undefined : tables.tasks.get(timer.taskId);
  if (!task || !isOpen(task)) return false;
  const { fireAtMs, commandId } = timer;
  return (
    row.inbox.some((each) => each.disposition === null && each.atMs <= fireAtMs) ||
    [...row.timers.values()].some(
      (other) => other.fireAtMs < fireAtMs || (other.fireAtMs === fireAtMs && other.commandId < commandId),
    )
  );
}

function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort(
    (a, b) =>
      a.dueAtMs - b.dueAtMs ||
      (a.rowId ?? Number.POSITIVE_INFINITY) - (b.rowId ?? Number.POSITIVE_INFINITY) ||
      ((a.row.commandId ?? '') < (b.row.commandId ?? '') ? -1 : 1),
  );
}
