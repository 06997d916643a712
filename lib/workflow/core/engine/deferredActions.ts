import type { CommandOf } from '../../model/commands';
import { commandOfUncertainActionEvent } from '../../model/events';
import type { HistoryEntry } from '../../model/history';

type ActionCommand = CommandOf<'action'>;

/**
 * Actions of one execution whose outcome comes later: a person is asked, or a job is under way. What is heard of them
 * may come before the engine knows that they are deferred: the inbox and the call are two ways.
 */
export class DeferredActions {
  #waiting: Map<string, ActionCommand> | null = null;
  #heardEarly: Set<string> | null = null;

  get size(): number {
    return this.#waiting?.size ?? 0;
  }

  /** Gives the command back when it is to be started again. */
  add(command: ActionCommand): ActionCommand | null {
    if (this.#heardEarly?.delete(command.commandId)) return command;
    this.#waiting ??= new Map();
    this.#waiting.set(command.commandId, command);
    return null;
  }

  /** Gives back the command that is to be started again, because a person has said what became of it. */
  heard(entry: HistoryEntry): ActionCommand | null {
    if (entry.kind !== 'task_ended') return null;
    const commandId = commandOfUncertainActionEvent(entry.body.eventName);
    if (commandId === null) return null;
    const command = this.#waiting?.get(commandId) ?? null;
    if (command) this.#waiting?.delete(commandId);
    else (this.#heardEarly ??= new Set()).add(commandId);
    return command;
  }
}
