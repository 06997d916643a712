/**
 * Where executions are kept. Every write names the worker and happens only while that worker is not fenced; every
 * write to an execution happens only while its log is as long as the writer believes.
 */
import type { DecisionKind, HistoryEntry } from '../history';
import type { RecordedError } from '../errors';
import type { TaskEnding } from '../commands';
import type { JsonObject, JsonValue } from '../json';
import type { Match } from '../match';
import type { CallUnderWay } from '../underWay';
import type { EndedStatus, ExecutionStatus } from '../status';
import type { RecordedOutcome } from './actions';
import type { FlushRelations } from './relations';
import type { DeferralStore } from './deferrals';
import type { FailureStore } from './failures';
import type { NewTaskRow } from './tasks';

export interface ExecutionKey {
  readonly executionId: string;
  readonly partitionId: number;
}

export interface StoredActionResult {
  readonly commandId: string;
  readonly actionName: string;
  /** null while attempts go on. */
  readonly outcome: RecordedOutcome | null;
  readonly attempts: number;
  /** When the first attempt began, and when the next one may. */
  readonly startedAtMs: number;
  readonly nextAttemptAtMs: number | null;
}

/** Everything that a cold start needs. */
export interface LoadedExecution extends ExecutionKey {
  readonly tenant: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly status: ExecutionStatus;
  readonly correlationId: string;
  readonly startedBy: string | null;
  readonly subject: string | null;
  readonly history: readonly HistoryEntry[];
  /** Results that the log does not hold yet; of an execution that was retried, all results. */
  readonly unlogged: readonly StoredActionResult[];
  /**
   * Every call that the store knows of and whose outcome the log never held: tried before, asked about, dispatched, or
   * done. Of the same moment as the log.
   */
  readonly underWay: readonly CallUnderWay[];
  /** Command ids of timer rows and wait rows, and tasks whose time ran out but that are still open, as the log names them. */
  readonly timers: readonly string[];
  readonly waits: readonly string[];
  readonly closingTasks: readonly string[];
  readonly hasInbox: boolean;
  /** Which kinds of decisions are in the inbox. */
  readonly decisions: readonly DecisionKind[];
  /** Why it is blocked on code, where it is. */
  readonly blockedBy: RecordedError | null;
}

export interface TakeItem extends ExecutionKey {
  /** Length of the log as the owner knows it. */
  readonly headSeq: number;
  /** Stamp for the entries that are taken, milliseconds since the epoch. */
  readonly atMs: number;
  /** True: the owner, who alone sets timers, knows of none. They may be left out of the take, which is quicker then. */
  readonly isWithoutTimers?: boolean;
}

export interface TakeDecisionsItem extends TakeItem {
  /** Calls with a failed result that is set back where a retry is taken. */
  readonly failuresUndone: readonly string[];
}

export interface TakenEntries {
  readonly executionId: string;
  readonly entries: readonly HistoryEntry[];
}

export interface TimerRow {
  readonly commandId: string;
  readonly fireAtMs: number;
  readonly taskId: string | null;
}

export interface WaitRow {
  readonly commandId: string;
  readonly kind: 'event' | 'timer' | 'task' | 'child';
  readonly names: readonly string[];
  /** What an event of the bus must hold to be given to it; null: events of the bus are not for this wait. */
  readonly match: Match | null;
  readonly deadlineMs: number | null;
  readonly taskId: string | null;
  readonly sinceMs: number;
}

export interface TaskInsert {
  readonly commandId: string;
  readonly createdAtMs: number;
  /** A task whose execution ended, or whose time was over, in the commit that creates it. */
  readonly status: 'pending' | 'canceled' | 'expired';
  readonly row: NewTaskRow;
}

/**
 * What time made of a task. A task that people ended meanwhile stays as it is; of the others each activity is written.
 */
export interface TaskChangeRow {
  readonly taskId: string;
  /** null: it stays open. */
  readonly end: TaskEnding | { readonly status: 'canceled' } | null;
  /** Who are candidates besides those who were. With any, whoever holds an open task gives it up. */
  readonly roles: readonly string[];
  readonly users: readonly string[];
  readonly activities: readonly { readonly kind: string; readonly detail: JsonObject | null }[];
}

/** A task that the log of a fork names, and the row that the fork has for it. */
export interface ForkedTask {
  readonly loggedTaskId: string;
  readonly taskId: string;
  /** Whom it was open to where the fork was taken. */
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
}

/** All that one commit changes of one execution. */
export interface ExecutionFlush extends ExecutionKey {
  readonly tenant: string;
  readonly expectedHead: number;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly end: {
    readonly status: EndedStatus;
    readonly result: JsonValue;
    readonly error: RecordedError | null;
  } | null;
  /** Why the execution is blocked on code, when it is. */
  readonly blockedBy: RecordedError | null;
  readonly entries: readonly HistoryEntry[];
  readonly results: readonly {
    readonly commandId: string;
    readonly actionName: string;
    readonly outcome: RecordedOutcome;
  }[];
  readonly timersAdded: readonly TimerRow[];
  readonly timersDropped: readonly string[];
  readonly waitsAdded: readonly WaitRow[];
  readonly waitsEnded: readonly string[];
  readonly tasksAdded: readonly TaskInsert[];
  readonly tasksChanged: readonly TaskChangeRow[];
  readonly cancelOpenTasks: boolean;
  /** null: nothing is done to other executions. */
  readonly relations: FlushRelations | null;
  readonly atMs: number;
}

export interface LateRows {
  /** Rows that were closed. */
  readonly closed: number;
  /** Executions that were handed rows. */
  readonly handedTo: readonly ExecutionKey[];
}

export interface FoundWork {
  /**
   * Executions with inbox rows, due timers, or that were started and never run. Of those that are paused or blocked on
   * code only such as have a decision in their inbox.
   */
  readonly executions: readonly ExecutionKey[];
  /** Timers that become due within the horizon. */
  readonly upcoming: readonly (ExecutionKey & { readonly fireAtMs: number })[];
  /** Put aside, and redriven by somebody since. */
  readonly redriven: readonly ExecutionKey[];
  /** The database's clock. */
  readonly nowMs: number;
}

export interface ExecutionStore extends FailureStore, DeferralStore {
  /** Reads whole executions. Ids that do not exist are left out. */
  load(query: { readonly executions: readonly ExecutionKey[] }): Promise<readonly LoadedExecution[]>;

  /**
   * Gives inbox rows and due timers their places in the log and marks the executions running, in one commit. An
   * execution that is missing from the answer was not as the worker believed: drop it and load it again. Rejects
   * `FencedError` when the worker is fenced.
   */
  take(batch: { readonly workerId: string; readonly items: readonly TakeItem[] }): Promise<readonly TakenEntries[]>;

  /**
   * Gives only decisions their places in the log (all but requests to cancel), in every status but the final ones; a
   * failed execution takes a retry alone. It is then running, or paused where that was the last decision. Answers and
   * rejects like `take`.
   */
  takeDecisions(batch: {
    readonly workerId: string;
    readonly items: readonly TakeDecisionsItem[];
  }): Promise<readonly TakenEntries[]>;

  /** Opens tasks again that the failure of their execution canceled. Does nothing to others, nor for a fenced worker. */
  reopenTasks(request: {
    readonly workerId: string;
    readonly execution: ExecutionKey;
    readonly taskIds: readonly string[];
  }): Promise<void>;

  /**
   * Gives a fork tasks of its own for those that were open where it was taken. Leaves those that it has; does nothing
   * once it has ended, nor for a fenced worker.
   */
  openForkedTasks(request: {
    readonly workerId: string;
    readonly execution: ExecutionKey;
    readonly tasks: readonly ForkedTask[];
  }): Promise<void>;

  /**
   * Appends and projects in one commit. Answers with the ids that won; the others were not as the worker believed: their
   * head was another, or a call whose outcome they bring has one already, which stands.
   * Paused executions are written too: outcomes of what was under way. Rejects `FencedError` when the worker is fenced;
   * any other rejection leaves the outcome unknown.
   */
  flush(batch: {
    readonly workerId: string;
    readonly executions: readonly ExecutionFlush[];
  }): Promise<ReadonlySet<string>>;

  /**
   * Looks through the worker's partitions for work that no hint told of. Bounded; reads only.
   * @param query.exceptDeferredBy leaves out what this worker deferred and looks at again later, but for decisions.
   */
  findWork(query: {
    readonly partitions: readonly number[];
    readonly limit: number;
    readonly horizonMs: number;
    readonly exceptDeferredBy?: string;
  }): Promise<FoundWork>;

  /**
   * Executions that were being worked on when their partition changed hands; and those blocked by other code than
   * `blockedForCode`, if it is given. What is put aside as poison is not among them.
   */
  findUnfinished(query: {
    readonly partitions: readonly number[];
    readonly blockedForCode: string | null;
  }): Promise<readonly ExecutionKey[]>;

  /**
  /**
   * Empties the inboxes of ended executions: rows of a run that goes on as another one are handed on to it, all others
   * are closed as `too_late`, but for the retry of one that failed.
   */
  closeLate(batch: { readonly workerId: string; readonly executions: readonly ExecutionKey[] }): Promise<LateRows>;
}

/** The worker's lease ran out and somebody else took over. It must stop. */
export class FencedError extends Error {
  constructor(workerId: string) {
    super(`Worker ${workerId} is fenced: its lease ran out and its partitions were taken over.`);
    this.name = 'FencedError';
  }
}
