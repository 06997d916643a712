import type { LoadedExecution } from '../../model/ports/store';

/** Log entries that one statement brings back: their reading and replay hold up everybody else for a part of a second. */
const mostEntries = 100_000;
const fewest = 2;
/** Until something is known of the lengths of logs; a process that ended over long ones begins with few again. */
const atFirst = 16;

/**
 * How many executions are brought into memory at a time: as many as make up so many entries, if they are as long as the
 * ones before them. Executions with long logs that are woken together come back one after the other, and the loop goes
 * round in between.
 */
export class ColdBatch {
  #size = atFirst;

  get size(): number {
    return this.#size;
  }

  learn(loaded: readonly Pick<LoadedExecution, 'history'>[]): void {
    if (loaded.length === 0) return;
    const entries = loaded.reduce((sum, { history }) => sum + history.length, 0);
    this.#size = Math.max(fewest, Math.floor((mostEntries * loaded.length) / Math.max(1, entries)));
  }
}
