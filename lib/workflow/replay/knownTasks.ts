/** Human tasks that the code asked for, as far as the log tells of them. */
import { defaultCompletionEvent } from '../model/events';
import type { EntryBody } from '../model/history';

interface KnownTask {
  readonly taskId: string;
  readonly completionEvent: string;
  readonly expiresAtMs: number | null;
  ended: boolean;
}

export class KnownTasks {
  readonly #tasks = new Map<string, KnownTask>();
  /** Of tasks that may expire. */
  readonly #taskOfCommand = new Map<string, string>();

  add({ taskId, completionEvent, expiresAt, commandId }: EntryBody<'task_created'>): void {
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    this.#tasks.set(taskId, { taskId, completionEvent, expiresAtMs, ended: false });
    if (expiresAt !== null) this.#taskOfCommand.set(commandId, taskId);
  }

  /** False when it ended before. Tasks of others are always news. */
  end(taskId: string): boolean {
    const task = this.#tasks.get(taskId);
    if (task?.ended) return false;
    if (task) task.ended = true;
    return true;
  }

  /** The commands whose timers the end of a task makes useless. */
  takeTimersOf(taskId: string): string[] {
    const commandIds: string[] = [];
    for (const [commandId, id] of this.#taskOfCommand) if (id === taskId) commandIds.push(commandId);
    for (const commandId of commandIds) this.#taskOfCommand.delete(commandId);
    return commandIds;
  }

  /** The task that expires when this command's timer fires. */
  expiringBy(commandId: string): string | undefined {
    return this.#taskOfCommand.get(commandId);
  }

  openTask(taskId: string): { readonly completionEvent: string } | null {
    const task = this.#tasks.get(taskId);
    return task && !task.ended ? task : null;
  }

  hasEnded(taskId: string): boolean {
    return this.#tasks.get(taskId)?.ended === true;
  }

  get hasOpen(): boolean {
    for (const task of this.#tasks.values()) if (!task.ended) return true;
    return false;
  }

  get open(): string[] {
    return [...this.#tasks.values()].flatMap((task) => (task.ended ? [] : [task.taskId]));
  }

  /** When open tasks expire. */
  get timers(): { readonly commandId: string; readonly fireAtMs: number; readonly taskId: string }[] {
    return [...this.#taskOfCommand].flatMap(([commandId, taskId]) => {
      const task = this.#tasks.get(taskId);
      if (!task || task.ended || task.expiresAtMs === null) return [];
      return [{ commandId, fireAtMs: task.expiresAtMs, taskId }];
    });
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
