/** One listener on a signal serves any number of attempts. */
const followers = new WeakMap<AbortSignal, Set<() => void>>();

export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const known = followers.get(signal);
  const all = known ?? new Set();
  all.add(run);
  if (!known) {
    followers.set(signal, all);
    signal.addEventListener('abort', () => [...all].forEach((each) => each()), { once: true });
  }
  return () => void all.delete(run);
}

/** Ends a call before its time: with the worker, or alone. Its signal is made when somebody asks for it. */
export class Cut {
  readonly #worker: AbortSignal;
  #reason: Error | null = null;
  #listeners: Set<() => void> | null = null;
  #controller: AbortController | null = null;

  constructor(worker: AbortSignal) {
    this.#worker = worker;
  }

  get aborted(): boolean {
    return this.#reason !== null || this.#worker.aborted;
  }

  /** Why this call alone was ended; null when the worker stops, or nothing was. */
  get ownReason(): Error | null {
    return this.#reason;
  }

  get abortSignal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.aborted) controller.abort(this.#reason ?? undefined);
      else this.onAbort(() => controller.abort(this.#reason ?? undefined));
    }
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.#reason = reason;
    for (const listener of [...(this.#listeners ?? [])]) listener();
  }

  /** Runs once when the call is ended. Answers with a function that forgets it. */
  onAbort(run: () => void): () => void {
    this.#listeners ??= new Set();
    this.#listeners.add(run);
    const unfollow = onAbort(this.#worker, run);
    return () => {
      this.#listeners?.delete(run);
      unfollow();
    };
  }
}
