import type { Turn } from '../replay/sandbox';

/** Turns that follow each other, whoever calls `next`: once for each turn, and once more to end the last. */
export class TurnSeries {
  readonly #turns: readonly Turn[];
  /** Settles after the last turn. */
  readonly settled: Promise<void>;
  #at = 0;
  #open: Turn | null = null;
  #failure: { readonly error: unknown } | null = null;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(turns: readonly Turn[]) {
    this.#turns = turns;
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Ends the turn that is open and begins the next. True when there was none left to begin. */
  next(): boolean {
    const ended = this.#open;
    this.#open = null;
    try {
      ended?.end();
    } catch (error) {
      this.#failure ??= { error };
    }
    const turn = this.#turns[this.#at];
    this.#at += 1;
    if (!turn) {
      if (this.#failure) this.#reject(this.#failure.error);
      else this.#resolve();
      return true;
    }
    try {
      turn.begin();
      this.#open = turn;
    } catch (error) {
      this.#failure ??= { error };
    }
    return false;
  }
}
