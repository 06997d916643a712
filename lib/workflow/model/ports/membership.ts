/** Who owns which partition. Only the database's clock counts. */
export interface WorkerIdentity {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly codeVersion: string;
}

export interface MembershipStore {
  /** Adds the worker with a fresh lease. */
  register(worker: WorkerIdentity, leaseMs: number): Promise<void>;
  /** Renews the lease. Answers false when the worker is fenced. */
  heartbeat(request: { readonly workerId: string; readonly leaseMs: number }): Promise<boolean>;
  /**
   * Fences workers whose lease ran out, and the named one whose process is known to be gone, and frees their
   * partitions. Waits for their commits in flight. Answers with the fenced ids.
   */
  fenceExpired(request: { readonly knownDead: string | null }): Promise<readonly string[]>;
  /** Live workers and the partitions of this one. */
  survey(request: { readonly workerId: string }): Promise<{
    readonly liveWorkers: number;
    readonly owned: readonly number[];
    readonly free: number;
    readonly total: number;
  }>;
  /** Takes up to `count` free partitions, if the worker is not fenced. */
  acquire(request: { readonly workerId: string; readonly count: number }): Promise<readonly number[]>;
  /** Gives partitions back. */
  release(request: { readonly workerId: string; readonly partitions: readonly number[] }): Promise<void>;
  /** Gives everything back and ends the worker's life. */
  retire(request: { readonly workerId: string }): Promise<void>;
}
