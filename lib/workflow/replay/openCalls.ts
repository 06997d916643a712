/** Actions and creations of tasks without an outcome: the promises that the code holds of them. */
import { FailedCommands } from './failedWith';

interface OpenCall {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class OpenCalls {
  readonly #open = new Map<string, OpenCall>();
  #failed: FailedCommands | null = null;
  /** The command whose failure the code answers now. */
  #justFailed: string | null = null;

  get size(): number {
    return this.#open.size;
  }

  open(commandId: string): Promise<unknown> {
    let resolve!: OpenCall['resolve'];
    let reject!: OpenCall['reject'];
    const promise = new Promise<unknown>((onResult, onError) => {
      resolve = onResult;
      reject = onError;
    });
    this.#open.set(commandId, { promise, resolve, reject });
    return promise;
  }

  /** @param isHeard false for code that shall go no further: its promise stays as it is. */
  resolve(commandId: string, value: unknown, isHeard: boolean): void {
    const call = this.#open.get(commandId);
    this.#open.delete(commandId);
    if (isHeard) call?.resolve(value);
  }

  reject(commandId: string, error: Error, isHeard: boolean): void {
    this.#justFailed = commandId;
    this.failed(commandId, error);
    const call = this.#open.get(commandId);
    this.#open.delete(commandId);
    if (!call || !isHeard) return;
    // An action that nobody awaits may fail without ending the process.
    call.promise.catch(ignore);
    call.reject(error);
  }

  /** The code is told of a command's failure by this error. */
  failed(commandId: string, error: Error): void {
    (this.#failed ??= new FailedCommands()).remember(error, commandId);
  }

  /** Another entry is answered now. */
  next(): void {
    this.#justFailed = null;
  }

  /** The command whose failure became what the code threw; null where it was none. */
  behind(thrown: unknown): string | null {
    return this.#failed?.behind(thrown, this.#justFailed) ?? null;
  }
}

export function ignore(): void {
  // Whoever awaits the promise hears of it.
}
