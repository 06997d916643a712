/** Ends of `LockPort.withLock`: the function ran, or somebody else holds the lock and it did not. */
export type LockOutcome<T> = { readonly status: 'done'; readonly result: T } | { readonly status: 'busy' };

/**
 * Spares double work between processes (sweeps of shared tables, rebalancing, ticks of schedules). It is **not** a
 * guarantee: two holders can overlap after a pause or while the transport is down, where the function simply runs.
 * Whatever runs under a lock must be right without it.
 */
export interface LockPort {
  /**
   * Runs `fn` unless another process holds the lock of that name. The lock is renewed while `fn` runs and ends by itself
   * `ttlMs` after its holder died. Rejects only with what `fn` rejects with.
   */
  withLock<T>(
    request: { readonly name: string; readonly ttlMs: number },
    fn: (lock: { /** False once the lock may have gone to somebody else. */ isHeld(): boolean }) => Promise<T>,
  ): Promise<LockOutcome<T>>;
  close(): Promise<void>;
}
