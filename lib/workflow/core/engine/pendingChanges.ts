/**
 * What an execution did since its last flush. Things that begin and end between two flushes cancel out here, since one
 * statement cannot insert and delete the same row.
 */
import type { TaskEnding } from '../../model/commands';
import type { HistoryEntry, TaskStep } from '../../model/history';
import type { ChildStart } from '../../model/ports/relations';
import type { ExecutionFlush, TaskChangeRow, TaskInsert, TimerRow, WaitRow } from '../../model/ports/store';
import { endedTask, steppedTask, untouched } from './taskChanges';

type Results = ExecutionFlush['results'][number];
type Projections = Pick<
  ExecutionFlush,
  'timersAdded' | 'timersDropped' | 'waitsAdded' | 'waitsEnded' | 'tasksAdded' | 'tasksChanged'
>;

/** Rows beside log and results. Most flushes have none, so they are kept apart and made when the first one comes. */
class Rows {
  readonly timersAdded = new Map<string, TimerRow>();
  readonly timersDropped = new Set<string>();
  readonly waitsAdded = new Map<string, WaitRow>();
  readonly waitsEnded = new Set<string>();
  readonly tasksAdded = new Map<string, TaskInsert>();
  readonly tasksChanged = new Map<string, TaskChangeRow>();
}

const noProjections: Projections = {
  timersAdded: [],
  timersDropped: [],
  waitsAdded: [],
  waitsEnded: [],
  tasksAdded: [],
  tasksChanged: [],
};

export class PendingChanges {
  readonly entries: HistoryEntry[] = [];
  readonly results: Results[] = [];
  readonly childrenStarted: ChildStart[] = [];
  #made: Rows | null = null;
  #isRestored = false;

  get empty(): boolean {
    if (this.entries.length > 0 || this.#isRestored) return false;
    const rows = this.#made;
    return !rows || (rows.timersDropped.size === 0 && rows.waitsEnded.size === 0 && rows.tasksChanged.size === 0);
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
      tasksChanged: [...rows.tasksChanged.values()],
    };
  }

  /** Rows are added that no entry comes with: they are to be written before anything is taken. */
  restored(): void {
    this.#isRestored = true;
  }

  addTimer(timer: TimerRow): void {
    if (!this.#rows.timersDropped.delete(timer.commandId)) this.#rows.timersAdded.set(timer.commandId, timer);
  }

  dropTimer(commandId: string): void {
    if (!this.#rows.timersAdded.delete(commandId)) this.#rows.timersDropped.add(commandId);
  }

  addWait(wait: WaitRow): void {
    if (!this.#rows.waitsEnded.delete(wait.commandId)) this.#rows.waitsAdded.set(wait.commandId, wait);
  }

  endWait(commandId: string): void {
    if (!this.#rows.waitsAdded.delete(commandId)) this.#rows.waitsEnded.add(commandId);
  }

  addTask(task: TaskInsert): void {
    this.#rows.tasksAdded.set(task.row.taskId, task);
  }

  endTask(taskId: string, end: TaskEnding): void {
    const added = this.#rows.tasksAdded.get(taskId);
    if (added) this.#rows.tasksAdded.set(taskId, { ...added, status: 'expired' });
    else this.#changeTask(taskId, (task) => endedTask(task, end));
  }

  stepTask(taskId: string, step: TaskStep): void {
    this.#changeTask(taskId, (task) => steppedTask(task, step));
  }

  /** The execution ends in this commit: its open tasks are canceled, those that it creates at birth. */
  cancelTasks(): void {
    for (const [taskId, task] of this.#made?.tasksAdded ?? []) {
      if (task.status === 'pending') this.#made?.tasksAdded.set(taskId, { ...task, status: 'canceled' });
    }
    for (const [taskId, task] of this.#made?.tasksChanged ?? []) {
      if (task.end === null) this.#changeTask(taskId, () => endedTask(task, { status: 'canceled' }));
    }
  }

  #changeTask(taskId: string, change: (task: TaskChangeRow) => TaskChangeRow): void {
    this.#rows.tasksChanged.set(taskId, change(this.#rows.tasksChanged.get(taskId) ?? untouched(taskId)));
  }

  get #rows(): Rows {
    this.#made ??= new Rows();
    return this.#made;
  }
}
