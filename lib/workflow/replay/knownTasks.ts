/** The human tasks that the code asked for, as far as the log tells of them, with the timers that belong to each. */
import type { TaskEnding } from '../model/commands';
import { defaultCompletionEvent } from '../model/events';
import { stepTimer, type EntryBody, type TaskStep } from '../model/history';

interface KnownTask {
  readonly taskId: string;
  readonly completionEvent: string;
  /** What it ends with when its own time is over. */
  readonly atItsTime: TaskEnding;
  ended: boolean;
  /** Set once its time was over. */
  endedByTime: TaskEnding | null;
}

interface TaskTimer {
  readonly taskId: string;
  readonly fireAtMs: number;
  /** null: it ends the task. */
  readonly step: TaskStep | null;
}

export class KnownTasks {
  readonly #tasks = new Map<string, KnownTask>();
  /** By the command ids of their rows. */
  readonly #timers = new Map<string, TaskTimer>();
  readonly #recordedSteps = new Set<string>();

  add({ commandId, taskId, completionEvent, expiresAt, steps = [], automatic }: EntryBody<'task_created'>): void {
    const atItsTime: TaskEnding = automatic ? { status: 'completed', ...automatic } : { status: 'expired' };
    this.#tasks.set(taskId, { taskId, completionEvent, atItsTime, ended: false, endedByTime: null });
    if (expiresAt !== null) this.#timers.set(commandId, { taskId, fireAtMs: Date.parse(expiresAt), step: null });
    for (const [place, step] of steps.entries()) {
      this.#timers.set(stepTimer(commandId, place), { taskId, fireAtMs: Date.parse(step.at), step });
    }
  }

  /** False when it ended before. Tasks of others are always news. */
  end(taskId: string): boolean {
    const task = this.#tasks.get(taskId);
    if (task?.ended) return false;
    if (task) task.ended = true;
    return true;
  }

  /** The open task whose time is over: what it ends with is remembered. */
  endByTime(taskId: string, end: TaskEnding): { readonly completionEvent: string } | null {
    const task = this.#tasks.get(taskId);
    if (!task || task.ended) return null;
    task.endedByTime = end;
    return task;
  }

  /** The timers that the end of a task makes useless. */
  takeTimersOf(taskId: string): string[] {
    const commandIds: string[] = [];
    for (const [commandId, timer] of this.#timers) if (timer.taskId === taskId) commandIds.push(commandId);
    for (const commandId of commandIds) this.#timers.delete(commandId);
    return commandIds;
  }

  /** What the firing of a timer means for its task; null where it belongs to none. Steps happen once. */
  fired(
    commandId: string,
  ): { readonly taskId: string; readonly step: TaskStep | null; readonly end: TaskEnding } | null {
    const timer = this.#timers.get(commandId);
    if (!timer) return null;
    if (timer.step) this.#timers.delete(commandId);
    const { taskId, step } = timer;
    return { taskId, step, end: this.#tasks.get(taskId)?.atItsTime ?? { status: 'expired' } };
  }

  stepRecorded(commandId: string): void {
    this.#recordedSteps.add(commandId);
  }

  isStepRecorded(commandId: string): boolean {
    return this.#recordedSteps.has(commandId);
  }

  isOpen(taskId: string): boolean {
    return this.#tasks.get(taskId)?.ended === false;
  }

  /** What a task whose time was over ended with; null: it has not ended. */
  endOf(taskId: string): TaskEnding | null {
    const task = this.#tasks.get(taskId);
    return task?.ended ? (task.endedByTime ?? { status: 'expired' }) : null;
  }

  get hasOpen(): boolean {
    for (const task of this.#tasks.values()) if (!task.ended) return true;
    return false;
  }

  get open(): string[] {
    return [...this.#tasks.values()].flatMap((task) => (task.ended ? [] : [task.taskId]));
  }

  /** undefined: no timer of a task; else whether that task is open. */
  wantsTimer(commandId: string): boolean | undefined {
    const timer = this.#timers.get(commandId);
    return timer && this.isOpen(timer.taskId);
  }

  /** The timers of open tasks. `taskId` is set where the timer ends the task. */
  get timers(): { readonly commandId: string; readonly fireAtMs: number; readonly taskId: string | null }[] {
    return [...this.#timers].flatMap(([commandId, { taskId, fireAtMs, step }]) =>
      this.isOpen(taskId) ? [{ commandId, fireAtMs, taskId: step ? null : taskId }] : [],
    );
  }

  /** The newest open task whose end one of the names tells of. */
  awaitedBy(names: readonly string[]): string | null {
    let found: string | null = null;
    for (const { taskId, completionEvent, ended } of this.#tasks.values()) {
      const awaited = names.some(
        (name) => name === completionEvent || name === defaultCompletionEvent(taskId) || name.endsWith(`_${taskId}`),
      );
      if (!ended && awaited) found = taskId;
    }
    return found;
  }
}
