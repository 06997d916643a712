/** One attempt of a handler: bounded in time, cut short when the worker stops. */

import { onAbort, type Cut } from './cut';

export class ActionTimeoutError extends Error {
  readonly code = 'action_timeout';
  constructor(action: string, timeoutMs: number) {
    super(`Action "${action}" took longer than its ${timeoutMs} ms.`);
    this.name = 'ActionTimeoutError';
  }
}

/** The worker stops or lost its lease: the attempt counts for nothing. */
export class AttemptAbortedError extends Error {
  constructor() {
    super('The worker stopped while the action ran.');
    this.name = 'AttemptAbortedError';
  }
}

interface AttemptOptions<T> {
  readonly action: string;
  readonly timeoutMs: number;
  readonly cut: Cut;
  /** May ask for a signal of its own, aborted when the attempt is cut short. Few do, so it is made when asked for. */
  readonly work: (signal: () => AbortSignal) => Promise<T>;
}

/**
 * Runs `work`. Settles when it does, when `timeoutMs` passed (ActionTimeoutError) or when the call is cut short
 * (AttemptAbortedError); work that goes on after that is not listened to.
 */
export function runAttempt<T>(options: AttemptOptions<T>): Promise<T> {
  if (options.cut.aborted) return Promise.reject(new AttemptAbortedError());
  return new Promise((resolve, reject) => {
    const attempt = new Attempt(options, reject);
    options
      .work(() => attempt.ownSignal())
      .then(
        (value) => {
          attempt.end();
          resolve(value);
        },
        (error: Error) => {
          attempt.end();
          reject(error);
        },
      );
    watchSoon(attempt);
  });
}

class Attempt {
  #isOver = false;
  #own: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;

  constructor(
    private readonly options: Omit<AttemptOptions<never>, 'work'>,
    private readonly reject: (reason: Error) => void,
  ) {}

  ownSignal(): AbortSignal {
    this.#own ??= new AbortController();
    return this.#own.signal;
  }

  watch(): void {
    if (this.#isOver) return;
    const { action, timeoutMs, cut } = this.options;
    if (cut.aborted) return this.#cut(new AttemptAbortedError());
    this.#timer = setTimeout(
      () => this.#cut(new ActionTimeoutError(action, timeoutMs)),
      Math.min(timeoutMs, 2 ** 31 - 1),
    );
    this.#unfollow = cut.onAbort(() => this.#cut(new AttemptAbortedError()));
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unfollow?.();
  }

  #cut(reason: Error): void {
    this.end();
    this.#own?.abort(this.options.cut.ownReason ?? reason);
    this.reject(reason);
  }
}

/** Attempts that began in this turn of the event loop. Most are over at its end and need no timer. */
let begun: Attempt[] = [];

function watchSoon(attempt: Attempt): void {
  begun.push(attempt);
  if (begun.length > 1) return;
  setImmediate(() => {
    const attempts = begun;
    begun = [];
    for (const each of attempts) each.watch();
  });
}

/** Waits, or until the signal aborts: then it resolves early. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    const unfollow = onAbort(signal, done);
    function done(): void {
      clearTimeout(timer);
      unfollow();
      resolve();
    }
  });
}
