/** The children of a running workflow function: which it started, how they ended, and whether it waits for one. */
import type { ChildWait } from '../model/commands';
import { ChildFailedError } from '../model/errors';
import { decodeJson, encodeJson, type JsonValue } from '../model/json';
import type { ChildEnd, ParentClosePolicy } from '../model/relations';

export interface NewChild {
  readonly commandId: string;
  readonly childExecutionId: string;
  readonly workflow: string;
  readonly workflowKey: string | null;
  readonly parentClosePolicy: ParentClosePolicy;
}

interface Child extends NewChild {
  end: ChildEnd | null;
  awaited: { readonly promise: Promise<JsonValue>; readonly settle: (outcome: Promise<JsonValue>) => void } | null;
  sinceMs: number;
}

export class Children {
  readonly #children = new Map<string, Child>();
  readonly #failed: (commandId: string, error: Error) => void;

  /** @param failed told of each error that the code gets for a child. */
  constructor(failed: (commandId: string, error: Error) => void) {
    this.#failed = failed;
  }

  add(child: NewChild): void {
    this.#children.set(child.commandId, { ...child, end: null, awaited: null, sinceMs: 0 });
  }

  /**
   * The child's result, now or when it ends.
   * @param onWait told when the first call has to wait.
   */
  result(commandId: string, nowMs: number, onWait: (wait: ChildWait) => void): Promise<JsonValue> {
    const child = this.#children.get(commandId);
    if (!child) throw new Error(`No child was started by ${commandId}.`);
    const { end, workflow } = child;
    if (end) return this.#outcomeOf(child, end);
    if (!child.awaited) {
      let settle: (outcome: Promise<JsonValue>) => void = () => undefined;
      const promise = new Promise<JsonValue>((resolve) => {
        settle = resolve;
      });
      // A result that nobody awaits any more may be a failure without ending the process.
      promise.catch(() => undefined);
      child.awaited = { promise, settle };
      child.sinceMs = nowMs;
      onWait({ commandId, workflow, sinceMs: nowMs });
    }
    return child.awaited.promise;
  }

  /** Whether the code waited for it. Word of a child that this code did not start, or that ended, is ignored. */
  end(end: ChildEnd): boolean {
    const child = this.#children.get(end.commandId);
    if (!child || child.end) return false;
    child.end = end;
    child.awaited?.settle(this.#outcomeOf(child, end));
    return child.awaited !== null;
  }

  /** The code is canceled: results that it waits for throw. The children go on, and may be waited for again. */
  interrupt(error: () => Error): readonly string[] {
    const waited = [...this.#children.values()].filter(({ end, awaited }) => awaited !== null && end === null);
    return waited.map((child) => {
      child.awaited?.settle(Promise.reject(error()));
      child.awaited = null;
      return child.commandId;
    });
  }

  get waits(): ChildWait[] {
    return [...this.#children.values()].flatMap(({ commandId, workflow, sinceMs, awaited, end }) =>
      awaited && !end ? [{ commandId, workflow, sinceMs }] : [],
    );
  }

  /** Those that have not ended, as far as the log knows. */
  get open(): readonly NewChild[] {
    return [...this.#children.values()].filter(({ end }) => end === null);
  }

  #outcomeOf(child: NewChild, end: ChildEnd): Promise<JsonValue> {
    if (end.status === 'completed') return Promise.resolve(decodeJson(encodeJson(end.result, 'The result of a child')));
    const error = new ChildFailedError(child.workflow, child.childExecutionId, end.status, end.error);
    this.#failed(child.commandId, error);
    return Promise.reject(error);
  }
}
