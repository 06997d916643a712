/**
 * What is known of commands that the code has yet to issue in its replay: by the log, and by calls that were begun and
 * are not in the log yet. Read only if the code asks.
 */
import type { HistoryEntry } from '../model/history';
import type { CallUnderWay } from '../model/underWay';

interface Read {
  /** Position of the last command that is recorded. */
  readonly highest: number;
  readonly patches: ReadonlyMap<number, string>;
}

export class Past {
  readonly #history: readonly HistoryEntry[];
  readonly #underWay: readonly CallUnderWay[];
  #read: Read | null = null;

  constructor(history: readonly HistoryEntry[], underWay: readonly CallUnderWay[]) {
    this.#history = history;
    this.#underWay = underWay;
  }

  /** The patch that is recorded as command n. */
  patchAt(n: number): string | undefined {
    return this.#known().patches.get(n);
  }

  /** Whether code went past this place already: a command from there on is recorded, or was begun. */
  reaches(n: number): boolean {
    return this.#known().highest >= n;
  }

  #known(): Read {
    if (this.#read) return this.#read;
    const patches = new Map<number, string>();
    let highest = 0;
    for (const { kind, body } of this.#history) {
      if (kind === 'patch_marked') patches.set(body.n, body.patchId);
      if ('n' in body) highest = Math.max(highest, body.n);
    }
    // A mark is committed before anything behind it begins: what is begun there without a mark is of the old path.
    for (const { n } of this.#underWay) highest = Math.max(highest, n ?? 0);
    return (this.#read = { highest, patches });
  }
}
