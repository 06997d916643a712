/** What the three kinds of process of a bench tell each other: the run, the client of one case, and its worker. */

export const workloads = ['W1', 'W2'] as const;
export type Workload = (typeof workloads)[number];

/**
 * Who does the work. `floor`: the same business as bare inserts, one commit each. `batchFloor`: the same inserts, where
 * all that waits while a commit is under way shares the next one.
 */
export const subjects = ['floor', 'batchFloor', 'ours'] as const;
export type SubjectName = (typeof subjects)[number];

/** What is started: five steps in a row; or a step, a signal to wait for, and a step. */
export type Kind = 'pipeline' | 'approval';
export const stepsOf: Record<Kind, number> = { pipeline: 5, approval: 2 };

/** One subject doing one workload once, on a database of its own. Travels as JSON on the command line. */
export interface CaseConfig {
  readonly subject: SubjectName;
  readonly workload: Workload;
  /** Executions. */
  readonly n: number;
  /** Starts or signals that the client has under way at a time. */
  readonly concurrency: number;
  /** Signals sent one at a time, to measure latency. */
  readonly latencySamples: number;
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  /** To read the server's CPU time; null where it cannot be read. */
  readonly postgresPid: number | null;
  /** Folder for a CPU profile of the worker process. */
  readonly profileDir: string | null;
}

export type ToWorker =
  | { readonly type: 'reset'; readonly seq: number; readonly watch: boolean }
  | { readonly type: 'target'; readonly mark: 'first' | 'done'; readonly count: number }
  | { readonly type: 'report'; readonly seq: number }
  | { readonly type: 'call'; readonly seq: number; readonly call: FloorCall }
  | { readonly type: 'stop' };

/** The floors have no inbox: their client calls their worker directly. */
export type FloorCall =
  { readonly do: 'start'; readonly kind: Kind; readonly id: string } | { readonly do: 'signal'; readonly id: string };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'reached' }
  | { readonly type: 'marked'; readonly mark: 'first' | 'done'; readonly id: string; readonly atMs: number }
  | { readonly type: 'reply'; readonly seq: number; readonly report?: WorkerReport; readonly error?: string };

/** What the worker process saw since the last reset. Instants are of the machine's monotonic clock. */
export interface WorkerReport {
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
  readonly stepsRun: number;
  /** Steps that ran more than once. */
  readonly stepsRepeated: number;
  readonly doneAtMs: readonly (readonly [id: string, atMs: number])[];
}

export interface Quantiles {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What one execution cost, on average. */
export interface Cost {
  /** null without pg_stat_statements. */
  readonly statements: number | null;
  /** Transactions that wrote. */
  readonly commits: number;
  readonly walBytes: number;
  readonly workerCpuMs: number;
  readonly clientCpuMs: number;
  readonly postgresCpuMs: number | null;
  /** CPU seconds that unrelated processes burnt meanwhile, a second of wall time; null where it cannot be read. */
  readonly othersCpu: number | null;
}

/** What the client of a case measured. */
export interface CaseResult {
  readonly subject: SubjectName;
  readonly workload: Workload;
  /** Executions (W1) or resumes (W2) a second: from the first call until the tables show all of them complete. */
  readonly perSecond: number;
  /** W1: start to done under full load. W2: signal to done under full load. */
  readonly loadedLatencyMs: Quantiles;
  /** W2: signal to done, one at a time. */
  readonly signalToDoneMs: Quantiles | null;
  /** W2: starts a second, until all are parked. */
  readonly parksPerSecond: number | null;
  readonly cost: Cost;
  readonly workerRssMegabytes: number;
  /** What the tables show wrong afterwards; empty when all is well. */
  readonly violations: readonly string[];
}
