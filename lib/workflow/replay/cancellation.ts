import { CanceledError } from '../model/errors';
import type { Decision } from '../model/history';

/**
 * That an execution is to be canceled, as its code learns it: by a `CanceledError` from the waits that are open when
 * the request comes, or from the next one. Waits after that work as ever, so that clean-up may wait too.
 */
export class Cancellation {
  readonly #decision: Decision;
  #isDue = true;

  constructor(decision: Decision) {
    this.#decision = decision;
  }

  /** The code has not been told yet. */
  get isDue(): boolean {
    return this.#isDue;
  }

  delivered(): void {
    this.#isDue = false;
  }

  /** What a wait answers that begins while the code is to be told. */
  refuse(): Promise<never> {
    const refused = Promise.reject<never>(this.error());
    // Waits that the code begins side by side all refuse; what it does when it has caught the error comes later.
    refused.catch(() => this.delivered());
    return refused;
  }

  error(): CanceledError {
    return new CanceledError(this.#decision.by, this.#decision.reason);
  }
}
