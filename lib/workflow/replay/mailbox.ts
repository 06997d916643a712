/** Events that came and events that are waited for. First come, first served, in log order on both sides. */
import type { WorkflowEvent } from '../model/events';
import { matches, type Match } from '../model/match';

export interface Mail {
  readonly seq: number;
  readonly event: WorkflowEvent;
  /** Set for the end of a task, which also answers names that end in its id. */
  readonly taskId: string | null;
  /** It was addressed to nobody: only a wait that asks for what it holds receives it. */
  readonly viaBus: boolean;
}

/** What a wait asks for. */
export interface Wanted {
  readonly names: readonly string[];
  readonly match: Match | null;
}

export interface OpenWait extends Wanted {
  readonly commandId: string;
  readonly taskId: string | null;
  deadlineMs: number | null;
  readonly sinceMs: number;
  readonly receive: (event: WorkflowEvent | null) => void;
  readonly reject: (error: Error) => void;
  /** What the code holds. */
  promise: Promise<unknown> | null;
}

export class Mailbox {
  readonly #mail: Mail[] = [];
  /** Made with the first one. */
  #waits: Map<string, OpenWait> | null = null;

  /** Takes the oldest unconsumed event that is wanted. */
  take(wanted: Wanted): Mail | null {
    const index = this.#mail.findIndex((mail) => answers(mail, wanted));
    return index < 0 ? null : (this.#mail.splice(index, 1)[0] ?? null);
  }

  find(commandId: string): OpenWait | undefined {
    return this.#waits?.get(commandId);
  }

  open(wait: OpenWait): void {
    (this.#waits ??= new Map()).set(wait.commandId, wait);
  }

  close(commandId: string): OpenWait | null {
    const wait = this.#waits?.get(commandId) ?? null;
    this.#waits?.delete(commandId);
    return wait;
  }

  /** Gives an event to the longest open wait that asks for it, or keeps it. Returns the wait it ended. */
  deliver(mail: Mail): OpenWait | null {
    for (const wait of this.waits) {
      if (answers(mail, wait)) {
        this.#waits?.delete(wait.commandId);
        return wait;
      }
    }
    this.#mail.push(mail);
    return null;
  }

  /** Keeps an event although a wait may ask for it. */
  keep(mail: Mail): void {
    this.#mail.push(mail);
  }

  /**
   * Takes an event back that was given and not consumed, to its place in the order. Returns the wait it ended, if one
   * asks for it by now.
   * @param options.isKept whatever is waited for.
   */
  takeBack(mail: Mail, { isKept }: { readonly isKept: boolean }): OpenWait | null {
    const wait = isKept ? null : this.deliver(mail);
    if (isKept) this.keep(mail);
    if (!wait) this.#mail.sort((a, b) => a.seq - b.seq);
    return wait;
  }

  get waits(): Iterable<OpenWait> {
    return this.#waits?.values() ?? [];
  }

  get openWaits(): number {
    return this.#waits?.size ?? 0;
  }

  get unread(): readonly Mail[] {
    return this.#mail;
  }
}

function answers(mail: Mail, { names, match }: Wanted): boolean {
  if (match === null ? mail.viaBus : !matches(mail.event.payload, match)) return false;
  return names.some(
    (name) =>
      name === mail.event.name ||
      (mail.taskId !== null && (name.endsWith(`_${mail.taskId}`) || name === `Task:${mail.taskId}:Complete`)),
  );
}
