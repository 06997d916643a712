import type { CommandOf } from '../../model/commands';
import { commandOfUncertainActionEvent } from '../../model/events';

type ActionCommand = CommandOf<'action'>;

/**
 * Actions of one execution whose outcome comes later: a person is asked, or a job is under way. What is heard of them
 * may come before the engine knows that they are deferred: the inbox and the call are two ways.
 */
export class DeferredActions {
  #waiting: Map<string, ActionCommand> | null = null;
  #heardEarly: Map<string, 'answered' | 'settled'> | null = null;

  get size(): number {
    return this.#waiting?.size ?? 0;
  }

  /** Gives the command back when it is to be started again. */
  add(command: ActionCommand): ActionCommand | null {
    const { commandId } = command;
    const heard = this.#heardEarly?.get(commandId);
    this.#heardEarly?.delete(commandId);
    if (heard === 'settled') return null;
    if (heard === 'answered') return command;
    this.#waiting ??= new Map();
    this.#waiting.set(commandId, command);
    return null;
  }

  /** Gives back what a cancel ends, to be started again. */
  takeCut(): readonly ActionCommand[] {
    const commands = [...(this.#waiting?.values() ?? [])].filter(({ isUndo }) => !isUndo);
    for (const { commandId } of commands) this.#waiting?.delete(commandId);
    return commands;
  }

  /** Gives back the command that is to be started again, because a person has said what became of it. */
  answered(eventName: string): ActionCommand | null {
    const commandId = commandOfUncertainActionEvent(eventName);
    if (commandId === null) return null;
    const command = this.#waiting?.get(commandId) ?? null;
    if (command) this.#waiting?.delete(commandId);
    else (this.#heardEarly ??= new Map()).set(commandId, 'answered');
    return command;
  }

  /** The outcome is in the log. */
  settled(commandId: string): void {
    if (!this.#waiting?.delete(commandId)) (this.#heardEarly ??= new Map()).set(commandId, 'settled');
  }
}
