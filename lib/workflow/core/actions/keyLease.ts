import type { ActionKey, ActionKeyStore } from '../../model/ports/actionStores';

/** This process's claim on a key, renewed while the action runs. */
export class KeyLease {
  readonly #keys: ActionKeyStore;
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();

  constructor(
    keys: ActionKeyStore,
    readonly key: ActionKey,
    /** Proves the claim; another one after each renewal. */
    public token: string,
  ) {
    this.#keys = keys;
  }

  /** Aborted when the claim went to somebody else. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  get isKeptAlive(): boolean {
    return this.#timer !== undefined;
  }

  keepAlive(everyMs: number): void {
    this.#timer = setInterval(() => {
      this.#renewal = this.#renewal.then(() => this.#renew());
    }, everyMs);
    this.#timer.unref();
  }

  /** After it no renewal is under way and `token` stays as it is. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    try {
      const token = await this.#keys.renew({ key: this.key, token: this.token });
      if (token === null) this.#lost.abort();
      else this.token = token;
    } catch {
      // The database did not answer: the next renewal tries again, and finishing checks the claim anyway.
    }
  }
}
