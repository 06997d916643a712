/** What the three kinds of process of a bench tell each other: the run, the client of one case, and its worker. */

/** Run when none is named. */
export const workloads = ['W1', 'W2', 'W3', 'W4', 'W5'] as const;
/** Run when it is named: many parked executions, all woken. */
export const parked = 'parked';
export type Workload = (typeof workloads)[number] | typeof parked;

/**
 * Who does the work. `floor`: the same business as bare inserts, one commit each. `batchFloor`: the same inserts, where
 * all that waits while a commit is under way shares the next one.
 */
export const subjects = ['floor', 'batchFloor', 'ours'] as const;
export type SubjectName = (typeof subjects)[number];

/**
 * What is started: five steps in a row; a step, a signal to wait for, and a step; many steps at once; rounds of a signal
 * to wait for and a step; one step.
 */
export type Kind = 'pipeline' | 'approval' | 'fanOut' | 'rounds' | 'hello';
export const kinds: readonly Kind[] = ['pipeline', 'approval', 'fanOut', 'rounds', 'hello'];

/** Rounds of one execution. */
export const historyRounds = 1_000;
export const stepsOf: Record<Kind, number> = { pipeline: 5, approval: 2, fanOut: 100, rounds: historyRounds, hello: 1 };
export const signalsOf: Record<Kind, number> = { pipeline: 0, approval: 1, fanOut: 0, rounds: historyRounds, hello: 0 };

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
  /** Worker processes of the engine; the floors have one. */
  readonly workers: number;
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  /** To read the server's CPU time; null where it cannot be read. */
  readonly postgresPid: number | null;
  /** Folder for a CPU profile of the worker process. */
  readonly profileDir: string | null;
}

/** Which marks are told of as they come: none, first steps and ends, or all steps. */
export type Watch = 'none' | 'ends' | 'steps';
export type Mark = 'first' | 'done' | `step ${number}`;

export type ToWorker =
  | { readonly type: 'reset'; readonly seq: number; readonly watch: Watch }
  | { readonly type: 'target'; readonly mark: 'first' | 'done'; readonly count: number }
  | { readonly type: 'report'; readonly seq: number; readonly withTimes: boolean }
  | { readonly type: 'coldStart'; readonly seq: number; readonly id: string }
  | { readonly type: 'call'; readonly seq: number; readonly call: FloorCall }
  | { readonly type: 'stop' };

/** The floors have no inbox: their client calls their worker directly. */
export type FloorCall =
  | { readonly do: 'start'; readonly kind: Kind; readonly id: string }
  | { readonly do: 'signal'; readonly id: string; readonly round: number };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'reached' }
  | { readonly type: 'marked'; readonly mark: Mark; readonly id: string; readonly atMs: number }
  | {
      readonly type: 'reply';
      readonly seq: number;
      readonly report?: WorkerReport;
      readonly coldStartMs?: number | null;
      readonly error?: string;
    };

/** What the worker process saw since the last reset. Instants are of the machine's monotonic clock. */
export interface WorkerReport {
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
  /** Executions whose first step ran. */
  readonly firsts: number;
  readonly stepsRun: number;
  /** Steps that ran more than once. */
  readonly stepsRepeated: number;
  /** Executions that passed their last line. */
  readonly ended: number;
  /** When; empty unless it was asked for, since the list is long. */
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

/** W4: what one round costs at the beginning and at the end of a long log. Medians, milliseconds. */
export interface Growth {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The last hundred of the first thousand rounds by the first hundred. */
  readonly ratio: number;
}

/** What the client of a case measured. */
export interface CaseResult {
  readonly subject: SubjectName;
  readonly workload: Workload;
  /**
   * What the workload is about. W1, W2, parked: executions or resumes a second, from the first call until the tables show all of
   * them complete. W3: ms for a fan-out, W4: ms for a round, W5: ms from the start to the first step, each p50 one at a
   * time.
   */
  readonly value: number;
  /** W1: start to done under full load. W2, parked: signal to done under full load. */
  readonly loadedLatencyMs: Quantiles | null;
  /** One at a time. W2: signal to done. W3: start to done. W4: signal to step. W5: start to the first step. */
  readonly latencyMs: Quantiles | null;
  /** W2, parked: starts a second, until all are parked. */
  readonly parksPerSecond: number | null;
  /** W2, parked: memory of the largest worker when all are parked. */
  readonly parkedMegabytes: number | null;
  /** W4: with one signal after the other, and with pauses in which the execution is parked. */
  readonly growth: { readonly live: Growth; readonly parked: Growth } | null;
  /** W4: reading and replaying the whole log for the first time in the process, ms; of the engine alone. */
  readonly coldStartMs: number | null;
  /** W4: the same again, the median of the next ones. */
  readonly laterColdStartMs: number | null;
  /** An execution, or a round in W4. */
  readonly cost: Cost;
  readonly workerRssMegabytes: number;
  /** What the tables show wrong afterwards; empty when all is well. */
  readonly violations: readonly string[];
}
