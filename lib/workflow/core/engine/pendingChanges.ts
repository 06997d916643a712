/**
 * What an execution did since its last flush. Things that begin and end between two flushes cancel out here, since one
 * statement cannot insert and delete the same row.
 */
import type { HistoryEntry } from '../../model/history';
import type { ChildStart } from '../../model/ports/relations';
import type { ExecutionFlush, TaskInsert, TimerRow, WaitRow } from '../../model/ports/store';

type Results = ExecutionFlush['results'][number];
type Projections = Pick<
  ExecutionFlush,
  'timersAdded' | 'timersDropped' | 'waitsAdded' | 'waitsEnded' | 'tasksAdded' | 'tasksExpired'
>;

/** Rows beside log and results. Most flushes have none, so they are kept apart and made when the first one comes. */
class Rows {
  readonly timersAdded = new Map<string, TimerRow>();
  readonly timersDropped = new Set<string>();
  readonly waitsAdded = new Map<string, WaitRow>();
  readonly waitsEnded = new Set<string>();
  readonly tasksAdded = new Map<string, TaskInsert>();
  readonly tasksExpired = new Set<string>();
}

const noProjections: Projections = {
  timersAdded: [],
  timersDropped: [],
  waitsAdded: [],
  waitsEnded: [],
  tasksAdded: [],
  tasksExpired: [],
};

export class PendingChanges {
  readonly entries: HistoryEntry[] = [];
  readonly results: Results[] = [];
  readonly childrenStarted: ChildStart[] = [];
  #made: Rows | null = null;

  get empty(): boolean {
    if (this.entries.length > 0) return false;
    const rows = this.#made;
    return !rows || (rows.timersDropped.size === 0 && rows.waitsEnded.size === 0 && rows.tasksExpired.size === 0);
  }

  get projections(): Projections {
    const rows = this.#made;
    if (!rows) return noProjections;
    return {
      timersAdded: [...rows.timersAdded.values()],
      timersDropped: [...rows.timersDropped],
      waitsAdded: [...rows.waitsAdded.values()],
      waitsEnded: [...rows.waitsEnded],
      tasksAdded: [...rows.tasksAdded.values()],
      tasksExpired: [...rows.tasksExpired],
    };
  }

  addTimer(timer: TimerRow): void {
    this.#rows.timersAdded.set(timer.commandId, timer);
  }

  dropTimer(commandId: string): void {
    if (!this.#rows.timersAdded.delete(commandId)) this.#rows.timersDropped.add(commandId);
  }

  addWait(wait: WaitRow): void {
    this.#rows.waitsAdded.set(wait.commandId, wait);
  }

  endWait(commandId: string): void {
    if (!this.#rows.waitsAdded.delete(commandId)) this.#rows.waitsEnded.add(commandId);
  }

  addTask(task: TaskInsert): void {
    this.#rows.tasksAdded.set(task.row.taskId, task);
  }

  expireTask(taskId: string): void {
    const added = this.#rows.tasksAdded.get(taskId);
    if (added) this.#rows.tasksAdded.set(taskId, { ...added, status: 'expired' });
    else this.#rows.tasksExpired.add(taskId);
  }

  /** The execution ends in this commit: tasks that it creates are canceled at birth. */
  cancelNewTasks(): void {
    for (const [taskId, task] of this.#made?.tasksAdded ?? []) {
      if (task.status === 'pending') this.#made?.tasksAdded.set(taskId, { ...task, status: 'canceled' });
    }
  }

  get #rows(): Rows {
    this.#made ??= new Rows();
    return this.#made;
  }
}
