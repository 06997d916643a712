/**
 * The engine's tables in memory. A function over them that does not wait is a statement: it happens at one instant,
 * which is what the row locks of the real statements amount to. Values are kept as JSON text, so that nobody shares
 * objects with the store.
 */
import type { RecordedError } from '../../model/errors';
import type { WorkflowEvent } from '../../model/events';
import type { DecisionKind } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { DeadLetterKind } from '../../model/ports/failures';
import type { TaskInsert, TimerRow, WaitRow } from '../../model/ports/store';
import { isEnded, type ExecutionStatus, type TaskStatus } from '../../model/status';

export interface LogRow {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payloadText: string | null;
}

export interface InboxRow {
  readonly rowId: number;
  readonly kind: 'event_received' | 'task_ended' | 'child_ended' | DecisionKind;
  readonly name: string | null;
  /** Which command it answers, where it answers one. */
  readonly commandId: string | null;
  readonly payloadText: string;
  readonly atMs: number;
  disposition: 'too_late' | null;
}

export interface ResultRow {
  readonly commandId: string;
  readonly actionName: string;
  status: 'retrying' | 'completed' | 'failed';
  readonly paramsText: string;
  readonly resultText: string | null;
  readonly error: RecordedError | null;
  attempts: number;
  readonly startedAtMs: number;
  readonly nextAttemptAtMs: number | null;
  completedAtMs: number | null;
  /** Which command it is of, where the row may be there before the log holds its outcome. */
  readonly n: number | null;
  readonly argsHash: string | null;
}

export interface TaskTableRow {
  readonly taskId: string;
  /** Its id in the log of its execution. */
  readonly loggedTaskId: string;
  readonly executionId: string;
  /** Its row: people are added to it. */
  insert: TaskInsert;
  status: TaskStatus;
  outcome: string | null;
  /** What somebody answered. */
  output?: JsonValue;
  endedAtMs: number | null;
  isClosing: boolean;
  /** Kinds of what time made of it, in order. */
  readonly activities: string[];
}

export interface WaitTableRow extends WaitRow {
  isLookedFor: boolean;
}

export interface BusEventRow {
  readonly event: WorkflowEvent<JsonValue>;
  readonly tenant: string;
  readonly createdAtMs: number;
  readonly subject: string | null;
  readonly idempotencyKey: string | null;
  isFannedOut: boolean;
}

export interface ExecutionTableRow {
  readonly executionId: string;
  readonly partitionId: number;
  readonly tenant: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly correlationId: string;
  readonly startedBy: string | null;
  readonly subject: string | null;
  readonly workflowKey: string | null;
  readonly parentExecutionId: string | null;
  readonly continuedFrom: string | null;
  continuedTo: string | null;
  status: ExecutionStatus;
  state: string | null;
  headSeq: number;
  result: JsonValue;
  error: RecordedError | null;
  endedAtMs: number | null;
  readonly log: LogRow[];
  inbox: InboxRow[];
  readonly results: Map<string, ResultRow>;
  readonly timers: Map<string, TimerRow>;
  readonly waits: Map<string, WaitTableRow>;
  readonly startedByEventId: string | null;
  readonly createdAtMs: number;
  /** Events of the bus that were delivered. */
  readonly busEventIds: Set<string>;
  /** Whose code was missing; null: never, or not any more. */
  deferral: { readonly workerId: string; readonly attempts: number; readonly nextAtMs: number } | null;
}

export interface SuspectTableRow {
  readonly executionId: string;
  readonly partitionId: number;
  strikes: number;
  commandId: string | null;
  company: number;
  ranMs: number;
  workerId: string | null;
  /** Since when that worker has it noted. */
  sinceMs: number;
}

export interface DeadLetterTableRow {
  readonly deadLetterId: string;
  readonly executionId: string;
  readonly partitionId: number;
  readonly kind: DeadLetterKind;
  readonly reason: string;
  readonly rowId: number | null;
  readonly strikes: number;
  isRedriven: boolean;
  isSettled: boolean;
}

export interface WorkerTableRow {
  readonly workerId: string;
  readonly definitions: readonly string[];
  fencedAtMs: number | null;
  /** null: no lease row any more. */
  leaseUntilMs: number | null;
}

/** What a worker's statement did to an execution: for oracles. */
export interface WriteNote {
  /** `continue`: the first entries of the run that goes on after another one. */
  readonly statement: 'take' | 'flush' | 'result' | 'continue';
  readonly workerId: string;
  readonly executionId: string;
  readonly partitionId: number;
  readonly fromHead: number;
  readonly toHead: number;
}

export class MemoryTables {
  readonly executions = new Map<string, ExecutionTableRow>();
  readonly tasks = new Map<string, TaskTableRow>();
  readonly busEvents = new Map<string, BusEventRow>();
  readonly workers = new Map<string, WorkerTableRow>();
  /** Partition to its owner. */
  readonly partitions = new Map<number, string | null>();
  /** Free partitions that were given up for one worker. */
  readonly offers = new Map<number, { readonly workerId: string; readonly untilMs: number }>();
  /** Those whose last owner was fenced. */
  readonly unclean = new Set<number>();
  readonly suspects = new Map<string, SuspectTableRow>();
  readonly deadLetters: DeadLetterTableRow[] = [];
  #lastRowId = 0;

  constructor(
    readonly options: {
      /** The database's clock. */
      readonly nowMs: () => number;
      readonly partitionCount: number;
      readonly onWrite?: (note: WriteNote) => void;
      /** The current versions of registered workflows; without it every workflow is known, in version 1. */
      readonly workflows?: ReadonlyMap<string, string>;
    },
  ) {
    for (let partition = 0; partition < options.partitionCount; partition += 1) this.partitions.set(partition, null);
  }

  nowMs(): number {
    return this.options.nowMs();
  }

  nextRowId(): number {
    this.#lastRowId += 1;
    return this.#lastRowId;
  }

  isFenced(workerId: string): boolean {
    const worker = this.workers.get(workerId);
    return worker === undefined || worker.fencedAtMs !== null;
  }

  owns(workerId: string, partitionId: number): boolean {
    return !this.isFenced(workerId) && this.partitions.get(partitionId) === workerId;
  }

  execution(executionId: string): ExecutionTableRow {
    const row = this.executions.get(executionId);
    if (!row) throw new Error(`No execution ${executionId}.`);
    return row;
  }

  /** The version that a new execution is pinned to; null when nobody registered the workflow. */
  versionOf(workflow: string, wanted: string | null): string | null {
    const { workflows } = this.options;
    if (!workflows) return wanted ?? '1';
    const current = workflows.get(workflow) ?? null;
    return wanted === null || wanted === current ? current : null;
  }

  holderOfKey(key: {
    readonly tenant: string;
    readonly workflowName: string;
    readonly workflowKey: string;
  }): ExecutionTableRow | undefined {
    return [...this.executions.values()].find(
      (row) =>
        row.tenant === key.tenant &&
        row.workflowName === key.workflowName &&
        row.workflowKey === key.workflowKey &&
        !isEnded(row.status),
    );
  }

  openTasks(executionId: string): TaskTableRow[] {
    return [...this.tasks.values()].filter((task) => task.executionId === executionId && isOpen(task));
  }
}

export const isOpen = (task: TaskTableRow): boolean => task.status === 'pending' || task.status === 'claimed';

/** How a statement reaches the tables and its answer comes back: at once, or through a simulated network. */
export type Transport = <T>(statement: string, run: () => T) => Promise<T>;

export const atOnce: Transport = async (_, run) => run();

/** An error as the database gives it. */
export class StatementError extends Error {
  constructor(
    message: string,
    /** SQLSTATE. */
    readonly code: string,
  ) {
    super(message);
    this.name = 'StatementError';
  }
}
