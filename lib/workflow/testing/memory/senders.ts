/** What people and other systems write: starts, events, answers to tasks. */
import { assertRepeats } from '../../core/repeats';
import type { WorkflowEvent } from '../../model/events';
import { ExecutionEndedError, ExecutionNotFoundError } from '../../model/errors';
import type { Decision, DecisionKind, EntryBody } from '../../model/history';
import type { JsonValue } from '../../model/json';
import { isEnded } from '../../model/status';
import { statusesFor } from '../../persistence/decisions';
import { writeEntry } from './entries';
import { isOpen, StatementError, type InboxRow, type MemoryTables, type TaskTableRow } from './tables';

export interface MemoryStart {
  readonly executionId: string;
  readonly partitionId: number;
  readonly tenant: string;
  readonly started: EntryBody<'execution_started'>;
  /** The event of the bus that starts it. */
  readonly startedByEventId?: string;
  readonly workflowKey?: string | null;
  readonly parentExecutionId?: string | null;
  readonly continuedFrom?: string | null;
  readonly correlationId?: string;
  readonly subject?: string | null;
}

/** The row of a new execution and the first entry of its log. */
export function insertExecution(tables: MemoryTables, start: MemoryStart): void {
  const { executionId, partitionId, tenant, started } = start;
  if (tables.executions.has(executionId)) throw new Error(`Execution ${executionId} exists.`);
  assertKeyIsFree(tables, start);
  tables.executions.set(executionId, {
    executionId,
    partitionId,
    tenant,
    workflowName: started.workflow,
    workflowVersion: started.version,
    correlationId: start.correlationId ?? executionId,
    startedBy: started.startedBy,
    subject: start.subject ?? null,
    workflowKey: start.workflowKey ?? null,
    parentExecutionId: start.parentExecutionId ?? null,
    continuedFrom: start.continuedFrom ?? null,
    continuedTo: null,
    status: 'pending',
    state: null,
    headSeq: 1,
    result: null,
    error: null,
    endedAtMs: null,
    log: [writeEntry({ seq: 1, at: tables.nowMs(), kind: 'execution_started', body: started })],
    inbox: [],
    results: new Map(),
    timers: new Map(),
    waits: new Map(),
    startedByEventId: start.startedByEventId ?? null,
    createdAtMs: tables.nowMs(),
    busEventIds: new Set(),
    deferral: null,
  });
}

/** Two executions that have not ended never hold one key. */
function assertKeyIsFree(
  tables: MemoryTables,
  { tenant, started, workflowKey = null, continuedFrom }: MemoryStart,
): void {
  if (workflowKey === null) return;
  const holder = tables.holderOfKey({ tenant, workflowName: started.workflow, workflowKey });
  if (!holder || holder.executionId === continuedFrom) return;
  throw new StatementError(`duplicate key value: ${holder.executionId} holds the key ${workflowKey}`, '23505');
}

/** @throws ExecutionNotFoundError, ExecutionEndedError */
export function insertSignal(tables: MemoryTables, executionId: string, event: WorkflowEvent): void {
  beginSignal(tables, executionId, event)();
}

/**
 * The row has its place in the order of arrival; nobody sees it before the commit that this answers with.
 * @throws ExecutionNotFoundError, ExecutionEndedError
 */
export function beginSignal(tables: MemoryTables, executionId: string, event: WorkflowEvent): () => void {
  const row = tables.executions.get(executionId);
  if (!row) throw new ExecutionNotFoundError(executionId);
  if (isEnded(row.status)) throw new ExecutionEndedError(executionId, row.status);
  const arrived: InboxRow = {
    rowId: tables.nextRowId(),
    kind: 'event_received',
    name: event.name,
    commandId: null,
    payloadText: JSON.stringify({ event }),
    atMs: tables.nowMs(),
    disposition: null,
  };
  return () => {
    const behind = row.inbox.findIndex(({ rowId }) => rowId > arrived.rowId);
    row.inbox.splice(behind < 0 ? row.inbox.length : behind, 0, arrived);
  };
}

/** The run that goes on, of a chain of runs that continued as new. */
export function lastRunOf(tables: MemoryTables, executionId: string): string {
  const { continuedTo } = tables.execution(executionId);
  return continuedTo === null ? executionId : lastRunOf(tables, continuedTo);
}

/**
 * Puts a decision into the inbox of the run that goes on; a retry into that of the run that is named. Answers with the
 * run that has it, or null where its status speaks against it or the same decision is there already.
 */
export function insertDecision(
  tables: MemoryTables,
  executionId: string,
  kind: DecisionKind,
  decision: Decision,
): string | null {
  const receiverId = kind === 'execution_retried' ? executionId : lastRunOf(tables, executionId);
  const row = tables.execution(receiverId);
  if (!statusesFor(kind).includes(row.status)) return null;
  // The same decision right behind itself is not stored twice.
  if (row.inbox.findLast(({ disposition }) => disposition === null)?.kind === kind) return null;
  row.inbox.push({
    rowId: tables.nextRowId(),
    kind,
    name: null,
    commandId: null,
    payloadText: JSON.stringify(decision),
    atMs: tables.nowMs(),
    disposition: null,
  });
  return receiverId;
}

export interface MemorySubmission {
  readonly tenant: string;
  readonly event: WorkflowEvent<JsonValue>;
  readonly subject?: string | null;
  readonly idempotencyKey?: string | null;
}

/**
 * Stores an event of the bus, to be fanned out afterwards; with a key that is known it answers with the event of the
 * first time.
 * @throws IdempotencyKeyReusedError
 */
export function insertBusEvent(
  tables: MemoryTables,
  { tenant, event, subject = null, idempotencyKey = null }: MemorySubmission,
): { readonly eventId: string; readonly isRepeated: boolean } {
  const first =
    idempotencyKey !== null &&
    [...tables.busEvents.values()].find((row) => row.tenant === tenant && row.idempotencyKey === idempotencyKey);
  if (first) {
    const contentOf = ({ type: event_type, name: event_name, payload }: typeof event) => {
      return { event_type, event_name, payload };
    };
    assertRepeats(idempotencyKey, 'an event', {
      first: { ...contentOf(first.event), subject: first.subject },
      now: { ...contentOf(event), subject },
    });
    return { eventId: first.event.event_id, isRepeated: true };
  }
  const copy = JSON.parse(JSON.stringify(event)) as typeof event;
  const row = { event: copy, tenant, createdAtMs: tables.nowMs(), subject, idempotencyKey, isFannedOut: false };
  tables.busEvents.set(event.event_id, row);
  return { eventId: event.event_id, isRepeated: false };
}

interface MemoryCompletion {
  readonly outcome: string | null;
  readonly by: string;
  /** null unless given; by the task where several end. */
  readonly output?: JsonValue | ((task: TaskTableRow) => JsonValue);
}

/**
 * Ends an open task, and those that are one with it to people, and tells their executions. False when somebody, or its
 * time, was first.
 */
export function completeTask(
  tables: MemoryTables,
  { taskId, ...completion }: MemoryCompletion & { readonly taskId: string },
): boolean {
  const first = tables.tasks.get(taskId);
  if (!first || !isOpen(first) || first.isClosing) return false;
  const tenantOf = (task: TaskTableRow) => tables.execution(task.executionId).tenant;
  const { fingerprint } = first.insert.row;
  const alike = [...tables.tasks.values()].filter((task) => {
    if (fingerprint === null || task === first || !isOpen(task) || task.isClosing) return false;
    return task.insert.row.fingerprint === fingerprint && tenantOf(task) === tenantOf(first);
  });
  for (const task of [first, ...alike]) endTask(tables, task, completion);
  return true;
}

function endTask(tables: MemoryTables, task: TaskTableRow, completion: MemoryCompletion): void {
  const { outcome, by } = completion;
  const output = typeof completion.output === 'function' ? completion.output(task) : (completion.output ?? null);
  const atMs = tables.nowMs();
  Object.assign(task, { status: 'completed', outcome, output, endedAtMs: atMs });
  const { completionEvent: eventName, formVersion } = task.insert.row;
  const endedAt = new Date(atMs).toISOString();
  const body = { taskId: task.loggedTaskId, status: 'completed', outcome, output, by, formVersion, eventName, endedAt };
  tables.execution(task.executionId).inbox.push({
    rowId: tables.nextRowId(),
    kind: 'task_ended',
    name: eventName,
    commandId: null,
    payloadText: JSON.stringify(body),
    atMs,
    disposition: null,
  });
}
