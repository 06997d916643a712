import type { QueuedJobs, StuckCounts } from '../stuck';

/** Counts executions without progress. */
export interface StuckCounter {
  /**
   * Executions of these partitions that are queued or at work and made no progress for `olderThanMs`, by the database's
   * clock. Bounded: counts 10,000 at most. Reads only.
   */
  count(query: { readonly partitions: readonly number[]; readonly olderThanMs: number }): Promise<StuckCounts>;
  /** Dispatched actions of these partitions that wait for a worker, whether for long or not. Bounded alike. */
  queuedJobs(query: { readonly partitions: readonly number[] }): Promise<QueuedJobs>;
}
