/** What the contract of the execution store needs of a store besides its port: senders, clocks and a look inside. */
import { bareFlush } from '../../core/engine/bareFlush';
import type { OpenChildrenPolicy } from '../../model/forks';
import type { DecisionKind, HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { ActionCall } from '../../model/ports/actions';
import type { ActionResultStore } from '../../model/ports/actionStores';
import type { BusEvent, BusStore } from '../../model/ports/bus';
import type { DeadLetterKind } from '../../model/ports/failures';
import type { ExecutionFlush, ExecutionKey, ExecutionStore, TaskChangeRow, TaskInsert } from '../../model/ports/store';
import type { ExecutionStatus, TaskStatus } from '../../model/status';

export interface StoreFixture {
  readonly store: ExecutionStore;
  readonly bus: BusStore;
  results(workerId: string): ActionResultStore;
  addWorker(): Promise<string>;
  fence(workerId: string): Promise<void>;
  /** Starts an execution: pending, with one entry. */
  start(options?: {
    readonly partitionId?: number;
    readonly tenant?: string;
    readonly workflowKey?: string;
  }): Promise<ExecutionKey>;
  /** Starts an execution in the same partition that begins with the first entries of another one. */
  fork(key: ExecutionKey, atSeq: number, openChildren?: OpenChildrenPolicy): Promise<ExecutionKey>;
  /** Stores an event of the bus, and starts an execution by it in the same commit if asked to; does not fan it out. */
  submit(event: {
    readonly tenant?: string;
    readonly name: string;
    readonly payload: JsonValue;
    readonly starts?: boolean;
  }): Promise<{ readonly event: BusEvent; readonly started: ExecutionKey | null }>;
  /** What a caller submits with its own key; answers with the id of the event. */
  submitOnce(event: {
    readonly tenant?: string;
    readonly name: string;
    readonly type?: string;
    readonly payload: JsonValue;
    readonly subject?: string;
    readonly idempotencyKey: string;
  }): Promise<string>;
  /** An event for the execution; unlike the use-case it does not refuse executions that have ended. */
  send(key: ExecutionKey, name: string): Promise<void>;
  /** Somebody decides about the execution; unlike the use-case it does not refuse those that have ended. */
  decide(key: ExecutionKey, kind: DecisionKind): Promise<void>;
  /** A name that no worker registered. */
  readonly unknownWorkflow: string;
  /** False when the task is not open to people any more. */
  completeTask(taskId: string, outcome: string): Promise<boolean>;
  /** Moves the clock by which timers are due. */
  moveTime(byMs: number): void;
  nowMs(): Promise<number>;
  /** A worker with a lease owns the partition. */
  own(workerId: string, partitionId: number): Promise<void>;
  /** Somebody takes over from a worker that did not say goodbye. */
  takeOver(workerId: string): Promise<void>;
  /** A watchdog found the loop of a worker standing still in the handler of an action: a strike. */
  blame(key: ExecutionKey, commandId: string): Promise<void>;
  retire(workerId: string): Promise<void>;
  /** A person wants what is aside to go on. */
  redrive(key: ExecutionKey): Promise<void>;
  letters(key: ExecutionKey): Promise<readonly { readonly kind: DeadLetterKind; readonly strikes: number }[]>;
  setStatus(key: ExecutionKey, status: ExecutionStatus): Promise<void>;
  stored(key: ExecutionKey): Promise<StoredExecution>;
  taskStatus(taskId: string): Promise<TaskStatus | null>;
  /** What time made of a task. */
  taskLook(taskId: string): Promise<{
    readonly status: TaskStatus;
    readonly outcome: string | null;
    readonly roles: readonly string[];
    readonly activities: readonly string[];
  } | null>;
  close(): Promise<void>;
}

export interface StoredExecution {
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly headSeq: number;
  readonly seqs: readonly number[];
  readonly kinds: readonly string[];
  readonly timers: readonly string[];
  readonly waits: readonly string[];
  readonly results: readonly { readonly commandId: string; readonly status: string; readonly attempts: number }[];
  /** Dispositions of rows that never entered the log; null: still in the inbox. */
  readonly inbox: readonly (string | null)[];
}

/** A flush that changes nothing but what is given. */
export function flushOf(
  key: ExecutionKey,
  expectedHead: number,
  changes: Partial<Omit<ExecutionFlush, 'executionId' | 'partitionId' | 'expectedHead'>> = {},
): ExecutionFlush {
  return bareFlush(
    { ...key, tenant: 'acme' },
    { expectedHead, status: 'waiting', atMs: Date.UTC(2026, 0, 5), ...changes },
  );
}

/** The time of a task is over. */
export const expiry = (taskId: string): TaskChangeRow => ({
  taskId,
  end: { status: 'expired' },
  roles: [],
  users: [],
  activities: [{ kind: 'expired', detail: null }],
});

export function stateEntry(seq: number, state: string): HistoryEntry {
  const body = { commandId: `setState#${seq}`, n: seq, state };
  return { seq, at: Date.UTC(2026, 0, 5), kind: 'state_changed', body };
}

export function callOf(key: ExecutionKey, commandId: string): ActionCall {
  const about = { tenant: 'acme', workflowName: 'Test', correlationId: 'c-1', argsHash: 'h', attemptsBefore: 0 };
  return { ...key, ...about, commandId, name: commandId.replace(/#\d+$/, ''), args: {}, n: 1 };
}

export function newTask(
  taskId: string,
  commandId = 'createHumanTask#1',
  fingerprint: string | null = null,
): TaskInsert {
  return {
    commandId,
    createdAtMs: Date.UTC(2026, 0, 5),
    status: 'pending',
    row: {
      taskId,
      taskType: 'review',
      taskDefinitionType: 'system',
      tenantTaskDefinitionId: null,
      systemTaskDefinitionTaskType: null,
      formType: 'system',
      formId: taskId,
      formVersion: 1,
      title: 'Review',
      description: null,
      priority: 'normal',
      candidateRoles: ['manager'],
      candidateUsers: [],
      excludedUsers: [],
      requestedBy: null,
      subject: null,
      fingerprint,
      contextData: {},
      warnings: [],
      completionEvent: `Task:${taskId}:Complete`,
      dueAtMs: null,
      followUpAtMs: null,
      expiresAtMs: null,
    },
  };
}

/** Takes what arrived for one execution; null when its head was another. */
export async function takeOne(
  { fixture, workerId }: { readonly fixture: StoreFixture; readonly workerId: string },
  key: ExecutionKey,
  headSeq: number,
  atMs?: number,
) {
  const items = [{ ...key, headSeq, atMs: atMs ?? (await fixture.nowMs()) }];
  const [taken] = await fixture.store.take({ workerId, items });
  return taken?.entries ?? null;
}
