import type { LiveExecution } from './liveExecution';

/** The executions that a worker has in memory, and which of them have something to write. */
export class LiveCopies {
  /** In order of last use, oldest first. */
  readonly #copies = new Map<string, LiveExecution>();
  readonly #unwritten = new Set<LiveExecution>();
  readonly #onUnwritten: () => void;

  /** @param onUnwritten there is something to write. */
  constructor(onUnwritten: () => void) {
    this.#onUnwritten = onUnwritten;
  }

  get size(): number {
    return this.#copies.size;
  }

  /** How many have something to write. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  get(executionId: string): LiveExecution | undefined {
    return this.#copies.get(executionId);
  }

  has(executionId: string): boolean {
    return this.#copies.has(executionId);
  }

  isUnwritten(live: LiveExecution): boolean {
    return this.#unwritten.has(live);
  }

  values(): IterableIterator<LiveExecution> {
    return this.#copies.values();
  }

  /** Takes it in, or marks it as used just now; and for writing if it has something to write. */
  touch(live: LiveExecution): void {
    if (live.dropped) return;
    this.#copies.delete(live.executionId);
    this.#copies.set(live.executionId, live);
    if (live.needsFlush) this.markUnwritten(live);
  }

  markUnwritten(live: LiveExecution): void {
    this.#unwritten.add(live);
    this.#onUnwritten();
  }

  drop(live: LiveExecution): void {
    live.dropped = true;
    this.#unwritten.delete(live);
    if (this.#copies.get(live.executionId) === live) this.#copies.delete(live.executionId);
  }

  /** Those to be written next, so many at most. They count as written from here on. */
  takeUnwritten(most: number, isHeld: (executionId: string) => boolean): LiveExecution[] {
    const taken: LiveExecution[] = [];
    for (const live of this.#unwritten) {
      if (taken.length >= most) break;
      if (isHeld(live.executionId)) continue;
      this.#unwritten.delete(live);
      if (!live.dropped && live.needsFlush) taken.push(live);
    }
    return taken;
  }

  /** Copies at rest leave, those that rest longest first, until so many are left. */
  evictTo(kept: number, isWoken: (executionId: string) => boolean): void {
    for (const live of this.#copies.values()) {
      if (this.#copies.size <= kept) return;
      if (live.parked && !isWoken(live.executionId)) this.drop(live);
    }
  }
}
