/** What a log knows of commands that the code has yet to issue in its replay. Read only if the code asks. */
import type { HistoryEntry } from '../model/history';

interface Read {
  /** Position of the last command that is recorded. */
  readonly highest: number;
  readonly patches: ReadonlyMap<number, string>;
}

export class Past {
  readonly #history: readonly HistoryEntry[];
  #read: Read | null = null;

  constructor(history: readonly HistoryEntry[]) {
    this.#history = history;
  }

  /** The patch that is recorded as command n. */
  patchAt(n: number): string | undefined {
    return this.#known().patches.get(n);
  }

  /** Whether code went past this place when the log was written: it records a command from there on. */
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
    return (this.#read = { highest, patches });
  }
}
