/** Who owns which partition. Only the database's clock counts. */
export interface WorkerIdentity {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly codeVersion: string;
  /** What it has code for, each `name@version`: partitions that wait for such code may come to it. None unless given. */
  readonly definitions?: readonly string[];
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
    /** Free, and not offered to another worker. */
    readonly free: number;
    /** Free, and given up for this worker. */
    readonly offered: number;
    readonly total: number;
  }>;
  /** Takes up to `count` free partitions, if the worker is not fenced. */
  acquire(request: { readonly workerId: string; readonly count: number }): Promise<readonly number[]>;
  /** Takes all free partitions that were given up for this worker, if it is not fenced. */
  accept(request: { readonly workerId: string }): Promise<readonly number[]>;
  /** Gives partitions back; for a while only to the worker that they are offered to, if one is named. */
  release(request: {
    readonly workerId: string;
    readonly partitions: readonly number[];
    readonly offer?: { readonly workerId: string; readonly forMs: number };
  }): Promise<void>;
  /** Live workers other than this one that have code for any of these, all that they have code for, and their load. */
  workersWithCode(query: { readonly workerId: string; readonly definitions: readonly string[] }): Promise<
    readonly {
      readonly workerId: string;
      readonly definitions: readonly string[];
      /** How many partitions it owns. */
      readonly partitions: number;
    }[]
  >;
  /** Gives everything back and ends the worker's life. */
  retire(request: { readonly workerId: string }): Promise<void>;
}
