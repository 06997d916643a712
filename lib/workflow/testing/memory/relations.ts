/** What a flush does to other executions, as the relations of the flush statement do it. */
import type { EntryBody } from '../../model/history';
import type { ChildStart, FlushRelations } from '../../model/ports/relations';
import type { ExecutionFlush } from '../../model/ports/store';
import type { ChildEnd } from '../../model/relations';
import { isEnded } from '../../model/status';
import { writeEntry } from './entries';
import { insertExecution } from './senders';
import type { ExecutionTableRow, InboxRow, MemoryTables } from './tables';

export function applyRelations(
  tables: MemoryTables,
  workerId: string,
  row: ExecutionTableRow,
  flush: ExecutionFlush,
): void {
  const { relations } = flush;
  if (!relations) return;
  for (const child of relations.childrenStarted) startChild(tables, row, child);
  tellParent(tables, relations);
  closeChildren(tables, relations);
  if (relations.successor) goOn(tables, workerId, row, relations.successor);
}

function startChild(tables: MemoryTables, parent: ExecutionTableRow, child: ChildStart): void {
  const { executionId, partitionId, commandId, workflow, workflowKey } = child;
  const version = tables.versionOf(workflow, child.version);
  const refused = version === null ? 'workflow_not_found' : keyHolder(tables, parent.tenant, child) && taken;
  if (version === null || refused) {
    const error = { name: 'Error', message: `The child was refused: ${refused}`, code: refused || null, details: null };
    const end = { childExecutionId: executionId, status: 'failed', result: null, error };
    arrive(tables, parent, { kind: 'child_ended', name: 'failed', commandId, payload: end });
    return;
  }
  const { tenant, executionId: parentExecutionId, correlationId, subject } = parent;
  insertExecution(tables, {
    executionId,
    partitionId,
    tenant,
    started: { ...copy(child.started), version },
    workflowKey,
    parentExecutionId,
    correlationId,
    subject,
  });
}

const taken = 'workflow_key_taken';

function keyHolder(
  tables: MemoryTables,
  tenant: string,
  { workflow, workflowKey }: ChildStart,
): ExecutionTableRow | undefined {
  if (workflowKey === null) return undefined;
  return tables.holderOfKey({ tenant, workflowName: workflow, workflowKey });
}

function tellParent(tables: MemoryTables, { parentTold }: FlushRelations): void {
  if (!parentTold) return;
  const parent = tables.executions.get(parentTold.parent.executionId);
  if (!parent || parent.partitionId !== parentTold.parent.partitionId) return;
  const { commandId, ...payload }: ChildEnd = parentTold.end;
  arrive(tables, parent, { kind: 'child_ended', name: payload.status, commandId, payload });
}

const closingKinds = { terminate: 'terminate_requested', cancel: 'cancel_requested' } as const;

function closeChildren(tables: MemoryTables, { childrenClosed }: FlushRelations): void {
  for (const { executionId, policy } of childrenClosed) {
    const child = tables.executions.get(executionId);
    if (!child || (isEnded(child.status) && child.status !== 'continued_as_new')) continue;
    const payload = { by: null, reason: 'Its parent ended.' };
    arrive(tables, child, { kind: closingKinds[policy], name: null, commandId: null, payload });
  }
}

function goOn(
  tables: MemoryTables,
  workerId: string,
  row: ExecutionTableRow,
  successor: NonNullable<FlushRelations['successor']>,
): void {
  const { executionId, started, mail } = successor;
  const { partitionId, tenant, workflowName, workflowKey, parentExecutionId, correlationId, subject } = row;
  const version = tables.versionOf(workflowName, null) ?? row.workflowVersion;
  const body: EntryBody<'execution_started'> = { ...copy(started), version };
  insertExecution(tables, {
    executionId,
    partitionId,
    tenant,
    started: body,
    workflowKey,
    parentExecutionId,
    correlationId,
    subject,
    continuedFrom: row.executionId,
  });
  row.continuedTo = executionId;
  const next = tables.execution(executionId);
  for (const entry of copy(mail)) {
    next.headSeq += 1;
    next.log.push(writeEntry({ seq: next.headSeq, at: tables.nowMs(), ...entry }));
  }
  handOn(row, next);
  tables.options.onWrite?.({
    statement: 'continue',
    workerId,
    executionId,
    partitionId,
    fromHead: 1,
    toHead: next.headSeq,
  });
}

/** Moves what is unread, in the order of its arrival. */
export function handOn(from: ExecutionTableRow, to: ExecutionTableRow): number {
  const moves = (each: InboxRow) => each.disposition === null && each.kind !== 'child_ended';
  const moved = from.inbox.filter(moves);
  from.inbox = from.inbox.filter((each) => !moves(each));
  to.inbox = [...to.inbox, ...moved].sort((a, b) => a.rowId - b.rowId);
  return moved.length;
}

function arrive(
  tables: MemoryTables,
  to: ExecutionTableRow,
  arrival: Pick<InboxRow, 'kind' | 'name' | 'commandId'> & { readonly payload: object },
): void {
  const { kind, name, commandId, payload } = arrival;
  const payloadText = JSON.stringify(payload);
  to.inbox.push({
    rowId: tables.nextRowId(),
    kind,
    name,
    commandId,
    payloadText,
    atMs: tables.nowMs(),
    disposition: null,
  });
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
