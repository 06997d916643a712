/**
 * What an execution did since its last flush. Things that begin and end between two flushes cancel out here, since one
 * statement cannot insert and delete the same row.
 */
import type { HistoryEntry } from '../../model/history';
import type { ExecutionFlush, TaskInsert, TimerRow, WaitRow } from '../../model/ports/store';

type Results = ExecutionFlush['results'][number];

export class PendingChanges {
  readonly entries: HistoryEntry[] = [];
  readonly results: Results[] = [];
  readonly timersAdded = new Map<string, TimerRow>();
  readonly timersDropped = new Set<string>();
  readonly waitsAdded = new Map<string, WaitRow>();
  readonly waitsEnded = new Set<string>();
  readonly tasksAdded = new Map<string, TaskInsert>();
  readonly tasksExpired = new Set<string>();

  get empty(): boolean {
    return (
      this.entries.length === 0 &&
      this.timersDropped.size === 0 &&
      this.waitsEnded.size === 0 &&
      this.tasksExpired.size === 0
    );
  }

  dropTimer(commandId: string): void {
    if (!this.timersAdded.delete(commandId)) this.timersDropped.add(commandId);
  }

  endWait(commandId: string): void {
    if (!this.waitsAdded.delete(commandId)) this.waitsEnded.add(commandId);
  }

  expireTask(taskId: string): void {
    const added = this.tasksAdded.get(taskId);
    if (added) this.tasksAdded.set(taskId, { ...added, status: 'expired' });
    else this.tasksExpired.add(taskId);
  }

  /** The execution ends in this commit: tasks that it creates are canceled at birth. */
  cancelNewTasks(): void {
    for (const [taskId, task] of this.tasksAdded) {
      if (task.status === 'pending') this.tasksAdded.set(taskId, { ...task, status: 'canceled' });
    }
  }
}
