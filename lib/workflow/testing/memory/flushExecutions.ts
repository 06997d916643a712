import { FencedError, type ExecutionFlush, type TaskChangeRow } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { writeEntry } from './entries';
import { applyRelations } from './relations';
import {
  isOpen,
  StatementError,
  type ExecutionTableRow,
  type MemoryTables,
  type ResultRow,
  type TaskTableRow,
} from './tables';

/** Appends and projects, as the flush statement does: everything of the executions that won, or nothing at all. */
export function flushExecutions(
  tables: MemoryTables,
  workerId: string,
  flushes: readonly ExecutionFlush[],
): ReadonlySet<string> {
  if (flushes.length === 0) return new Set();
  if (tables.isFenced(workerId)) throw new FencedError(workerId);
  const won = flushes.flatMap((flush) => {
    const row = tables.executions.get(flush.executionId);
    if (!row || row.partitionId !== flush.partitionId || row.headSeq !== flush.expectedHead) return [];
    if (!['pending', 'running', 'waiting', 'paused', 'blocked_on_code'].includes(row.status)) return [];
    if (flush.results.some(({ commandId }) => isSettled(row.results.get(commandId)))) return [];
    return [{ row, flush }];
  });
  for (const { row, flush } of won) checkConstraints(tables, row, flush);
  for (const { row, flush } of won) {
    append(tables, row, flush);
    recordResults(row, flush);
    project(row, flush);
    changeTasks(tables, row, flush);
    applyRelations(tables, workerId, row, flush);
    const { executionId, partitionId } = row;
    const { expectedHead: fromHead } = flush;
    tables.options.onWrite?.({
      statement: 'flush',
      workerId,
      executionId,
      partitionId,
      fromHead,
      toHead: row.headSeq,
    });
  }
  return new Set(won.map(({ row }) => row.executionId));
}

/** An outcome that stands, of a database action for one: nothing is written over it. */
const isSettled = (result: ResultRow | undefined): boolean =>
  result?.status === 'completed' || result?.status === 'failed';

/** Unique keys are checked before anything is written: a statement that breaks one writes nothing. */
function checkConstraints(tables: MemoryTables, row: ExecutionTableRow, flush: ExecutionFlush): void {
  const seqs = new Set(row.log.map((entry) => entry.seq));
  for (const { seq } of flush.entries) {
    if (seqs.has(seq)) throw duplicate(`workflow_events_log (${row.executionId}, ${seq})`);
    seqs.add(seq);
  }
  for (const { commandId } of flush.timersAdded) {
    if (row.timers.has(commandId)) throw duplicate(`workflow_timers (${row.executionId}, ${commandId})`);
  }
  for (const { commandId } of flush.waitsAdded) {
    if (row.waits.has(commandId)) throw duplicate(`workflow_waits (${row.executionId}, ${commandId})`);
  }
  for (const { commandId, row: task } of flush.tasksAdded) {
    const sameCommand = [...tables.tasks.values()].some(
      (known) => known.executionId === row.executionId && known.insert.commandId === commandId,
    );
    if (tables.tasks.has(task.taskId) || sameCommand) {
      throw duplicate(`workflow_tasks (${row.executionId}, ${commandId})`);
    }
  }
  const results = new Set<string>();
  for (const { commandId } of flush.results) {
    if (results.has(commandId)) throw new StatementError(`result of ${commandId} twice in one statement`, '21000');
    results.add(commandId);
  }
}

const duplicate = (key: string): StatementError =>
  new StatementError(`duplicate key value violates unique constraint: ${key}`, '23505');

function append(tables: MemoryTables, row: ExecutionTableRow, flush: ExecutionFlush): void {
  row.log.push(...flush.entries.map(writeEntry));
  row.log.sort((a, b) => a.seq - b.seq);
  row.headSeq = flush.expectedHead + flush.entries.length;
  row.status = flush.status;
  if (flush.status !== 'blocked_on_code') row.state = flush.state;
  row.result = JSON.parse(JSON.stringify(flush.end?.result ?? null)) as ExecutionTableRow['result'];
  row.error = flush.end?.error ?? flush.blockedBy;
  if (isEnded(flush.status)) row.endedAtMs = tables.nowMs();
}

function recordResults(row: ExecutionTableRow, flush: ExecutionFlush): void {
  for (const { commandId, actionName, outcome } of flush.results) {
    const { status, attempts, startedAtMs, completedAtMs, params } = outcome;
    const result: ResultRow = {
      commandId,
      actionName,
      status,
      paramsText: JSON.stringify(params),
      resultText: outcome.status === 'completed' ? JSON.stringify(outcome.result) : null,
      error: outcome.status === 'failed' ? outcome.error : null,
      attempts,
      startedAtMs: row.results.get(commandId)?.startedAtMs ?? startedAtMs,
      nextAttemptAtMs: null,
      completedAtMs,
      n: row.results.get(commandId)?.n ?? null,
      argsHash: row.results.get(commandId)?.argsHash ?? null,
    };
    row.results.set(commandId, result);
  }
}

/** Removals see the rows from before the statement: what it adds itself, it cannot remove. */
function project(row: ExecutionTableRow, flush: ExecutionFlush): void {
  for (const commandId of flush.timersDropped) row.timers.delete(commandId);
  for (const timer of flush.timersAdded) row.timers.set(timer.commandId, { ...timer });
  for (const commandId of flush.waitsEnded) row.waits.delete(commandId);
  for (const wait of flush.waitsAdded) {
    row.waits.set(wait.commandId, { ...wait, names: [...wait.names], isLookedFor: false });
  }
}

function changeTasks(tables: MemoryTables, row: ExecutionTableRow, flush: ExecutionFlush): void {
  for (const change of flush.tasksChanged) {
    const task = tables.tasks.get(change.taskId);
    if (task?.executionId === row.executionId && isOpen(task)) changeTask(task, change, flush.atMs);
  }
  if (flush.cancelOpenTasks) {
    for (const task of tables.openTasks(row.executionId)) end(task, 'canceled', flush.atMs);
  }
  for (const insert of flush.tasksAdded) {
    const { taskId } = insert.row;
    const endedAtMs = insert.status === 'pending' ? null : insert.createdAtMs;
    tables.tasks.set(taskId, {
      taskId,
      loggedTaskId: taskId,
      executionId: row.executionId,
      insert: JSON.parse(JSON.stringify(insert)) as typeof insert,
      status: insert.status,
      outcome: null,
      endedAtMs,
      isClosing: false,
      activities: ['created'],
    });
  }
}

function changeTask(task: TaskTableRow, { end: ending, roles, users, activities }: TaskChangeRow, atMs: number): void {
  const { row } = task.insert;
  const candidateRoles = [...new Set([...row.candidateRoles, ...roles])];
  const candidateUsers = [...new Set([...row.candidateUsers, ...users])];
  task.insert = { ...task.insert, row: { ...row, candidateRoles, candidateUsers } };
  task.activities.push(...activities.map(({ kind }) => kind));
  if (ending) end(task, ending.status, atMs);
  else if (roles.length + users.length > 0) task.status = 'pending';
  if (ending?.status === 'completed') task.outcome = ending.outcome;
}

function end(task: TaskTableRow, status: TaskTableRow['status'], atMs: number): void {
  task.status = status;
  task.endedAtMs = atMs;
}
