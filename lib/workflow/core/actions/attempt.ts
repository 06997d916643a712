/** One attempt of a handler: bounded in time, cut short when the worker stops. */

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

/**
 * Runs `work` with a signal of its own. Settles when the work does, when `timeoutMs` passed (ActionTimeoutError) or
 * when `signal` aborts (AttemptAbortedError); work that goes on after that is not listened to.
 */
export async function runAttempt<T>({
  action,
  timeoutMs,
  signal,
  work,
}: {
  readonly action: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => T | Promise<T>;
}): Promise<T> {
  if (signal.aborted) throw new AttemptAbortedError();
  const own = new AbortController();
  let stop = (): void => undefined;
  const cut = new Promise<never>((_, reject) => {
    const giveUp = (reason: Error): void => {
      own.abort(reason);
      reject(reason);
    };
    const onAbort = (): void => giveUp(new AttemptAbortedError());
    const timer = setTimeout(() => giveUp(new ActionTimeoutError(action, timeoutMs)), Math.min(timeoutMs, 2 ** 31 - 1));
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    const running = Promise.resolve().then(() => work(own.signal));
    return await Promise.race([running, cut]);
  } finally {
    stop();
  }
}

/** Waits, or until the signal aborts: then it resolves early. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
