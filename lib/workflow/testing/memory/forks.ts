import { planFork, type OpenChildrenPolicy } from '../../model/forks';
import type { ExecutionKey, ForkedTask } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { readEntry, readResult, writeEntry } from './entries';
import { insertExecution } from './senders';
import type { LogRow, MemoryTables, ResultRow } from './tables';

/** A new execution that begins with the first entries of another one. @throws as `planFork` does. */
export function insertFork(
  tables: MemoryTables,
  fork: ExecutionKey & {
    readonly from: string;
    readonly atSeq: number;
    readonly openChildren: OpenChildrenPolicy;
  },
): void {
  const { executionId, partitionId, from, atSeq, openChildren } = fork;
  const source = tables.execution(from);
  const copied = source.log.slice(0, Math.min(atSeq, source.headSeq));
  const entries = copied.flatMap((row) => {
    const stored = row.commandId === null ? undefined : source.results.get(row.commandId);
    return readEntry(row, () => stored && readResult(stored)) ?? [];
  });
  const lastKind = entries.at(atSeq - 1)?.kind ?? null;
  const plan = planFork({ executionId: from, entries, lastKind, atSeq, reason: null, openChildren });
  const { tenant, correlationId, subject } = source;
  insertExecution(tables, { executionId, partitionId, tenant, started: plan.started, correlationId, subject });
  const row = tables.execution(executionId);
  const lastAt = copied.at(-1)?.atMs ?? tables.nowMs();
  // Entry 1 keeps its time, as all others do.
  const first = writeEntry({ seq: 1, at: copied[0]?.atMs ?? lastAt, kind: 'execution_started', body: plan.started });
  const detached = plan.detached.map((entry, index) => writeEntry({ seq: atSeq + index + 1, at: lastAt, ...entry }));
  row.log.splice(0, 1, first, ...copied.slice(1), ...detached);
  row.headSeq = row.log.length;
  row.state = copied.findLast(({ kind }) => kind === 'state_changed')?.name ?? null;
  for (const result of resultsOf(copied, source.results)) row.results.set(result.commandId, result);
}

function* resultsOf(copied: readonly LogRow[], results: ReadonlyMap<string, ResultRow>): Iterable<ResultRow> {
  const retriedAt = copied.findLast(({ kind }) => kind === 'execution_retried')?.seq ?? 0;
  const outcomes = new Map(
    copied.flatMap((row) =>
      row.commandId !== null && (row.kind === 'action_completed' || row.kind === 'action_failed')
        ? [[row.commandId, row]]
        : [],
    ),
  );
  for (const [commandId, { kind, seq, payloadText, atMs }] of outcomes) {
    const result = results.get(commandId);
    if (!result || (kind === 'action_failed' && seq < retriedAt)) continue;
    const { error } = JSON.parse(payloadText ?? '{}') as Partial<Pick<ResultRow, 'error'>>;
    const isCompleted = kind === 'action_completed';
    yield {
      ...result,
      status: isCompleted ? 'completed' : 'failed',
      resultText: isCompleted ? result.resultText : null,
      error: isCompleted ? null : (error ?? result.error),
      attempts: Math.max(result.attempts, 1),
      nextAttemptAtMs: null,
      completedAtMs: result.completedAtMs ?? atMs,
    };
  }
}

/** Gives a fork tasks of its own; those that it has already stay as they are. */
export function openForkedTasks(
  tables: MemoryTables,
  { executionId }: ExecutionKey,
  tasks: readonly ForkedTask[],
): void {
  const row = tables.executions.get(executionId);
  if (!row || isEnded(row.status)) return;
  for (const { taskId, loggedTaskId, candidateRoles, candidateUsers } of tasks) {
    const known = tables.tasks.get(loggedTaskId);
    if (!known || tables.tasks.has(taskId)) continue;
    tables.tasks.set(taskId, {
      taskId,
      loggedTaskId,
      executionId,
      insert: {
        ...known.insert,
        row: { ...known.insert.row, candidateRoles, candidateUsers },
        createdAtMs: tables.nowMs(),
      },
      status: 'pending',
      outcome: null,
      endedAtMs: null,
      isClosing: false,
      activities: ['created'],
    });
  }
}
