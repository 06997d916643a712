import { isDecision, type HistoryEntry } from '../../model/history';
import {
  type ExecutionKey,
  type ExecutionStore,
  type FoundWork,
  type LateRows,
  type LoadedExecution,
} from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { readEntry, readResult } from './entries';
import { createMemoryDeferrals, isDeferredBy } from './deferrals';
import { addLetter, createMemoryFailures, mayTryAgain } from './failures';
import { flushExecutions } from './flushExecutions';
import { openForkedTasks } from './forks';
import { handOn } from './relations';
import {
  atOnce,
  type ExecutionTableRow,
  type LogRow,
  type MemoryTables,
  type ResultRow,
  type Transport,
} from './tables';
import { takeDecisions } from './takeDecisions';
import { takeEntries } from './takeEntries';

/** Executions in memory, with the semantics of the statements on Postgres. */
export function createMemoryStore(options: {
  readonly tables: MemoryTables;
  readonly transport?: Transport;
}): ExecutionStore {
  const { tables, transport = atOnce } = options;
  return {
    load: ({ executions }) => load(tables, transport, executions),
    take: ({ workerId, items }) => transport('take', () => takeEntries(tables, workerId, items)),
    takeDecisions: ({ workerId, items }) => transport('takeDecisions', () => takeDecisions(tables, workerId, items)),
    reopenTasks: ({ workerId, execution, taskIds }) =>
      transport('reopenTasks', () => {
        if (tables.isFenced(workerId)) return;
        for (const taskId of taskIds) {
          const task = tables.tasks.get(taskId);
          if (task?.executionId !== execution.executionId || task.status !== 'canceled') continue;
          Object.assign(task, { status: 'pending', endedAtMs: null, isClosing: false });
        }
      }),
    openForkedTasks: ({ workerId, execution, tasks }) =>
      transport('openForkedTasks', () => {
        if (!tables.isFenced(workerId)) openForkedTasks(tables, execution, tasks);
      }),
    flush: ({ workerId, executions }) => transport('flush', () => flushExecutions(tables, workerId, executions)),
    findWork: (query) => transport('findWork', () => findWork(tables, query)),
    findUnfinished: (query) => transport('findUnfinished', () => findUnfinished(tables, query)),
    closeLate: ({ workerId, executions }) => transport('closeLate', () => closeLate(tables, workerId, executions)),
    ...createMemoryDeferrals({ tables, transport }),
    ...createMemoryFailures({ tables, transport }),
  };
}

/** Three reads that need not be of one moment, as on Postgres. What does not fit together is read again. */
async function load(
  tables: MemoryTables,
  transport: Transport,
  keys: readonly ExecutionKey[],
): Promise<LoadedExecution[]> {
  const ids = [...new Set(keys.map((key) => key.executionId))];
  const rows = () => ids.flatMap((id) => tables.executions.get(id) ?? []);
  const [heads, logs, results] = await Promise.all([
    transport('load.executions', () => rows().map((row) => headOf(tables, row))),
    transport('load.entries', () => new Map(rows().map((row) => [row.executionId, [...row.log]]))),
    transport('load.results', () => new Map(rows().map((row) => [row.executionId, [...row.results.values()]]))),
  ]);
  const loaded = heads.map((head) => ({
    head,
    execution: assemble(head, logs.get(head.executionId) ?? [], results.get(head.executionId) ?? []),
  }));
  const torn = loaded.filter(({ execution }) => execution === null).map(({ head }) => head);
  const whole = loaded.flatMap(({ execution }) => execution ?? []);
  return torn.length === 0 ? whole : [...whole, ...(await load(tables, transport, torn))];
}

type Head = Omit<LoadedExecution, 'history' | 'unlogged'> & { readonly headSeq: number };

function headOf(tables: MemoryTables, row: ExecutionTableRow): Head {
  const { executionId, partitionId, tenant, workflowName, workflowVersion, status, correlationId } = row;
  const { startedBy, subject, headSeq } = row;
  return {
    executionId,
    partitionId,
    tenant,
    workflowName,
    workflowVersion,
    status,
    correlationId,
    startedBy,
    subject,
    headSeq,
    timers: [...row.timers.keys()],
    waits: [...row.waits.keys()],
    underWay: underWayOf(row),
    closingTasks: tables.openTasks(executionId).flatMap((task) => (task.isClosing ? [task.loggedTaskId] : [])),
    hasInbox: row.inbox.some((each) => each.disposition === null),
    decisions: row.inbox.flatMap(({ kind, disposition }) => (disposition === null && isDecision(kind) ? [kind] : [])),
    blockedBy: row.status === 'blocked_on_code' ? row.error : null,
  };
}

/** Read with the head: what has begun goes with the log up to there, which never changes. */
function underWayOf({ log, headSeq, results }: ExecutionTableRow): LoadedExecution['underWay'] {
  const logged = new Set(
    log.slice(0, headSeq).flatMap(({ kind, commandId }) => {
      return kind === 'action_completed' || kind === 'action_failed' ? [commandId] : [];
    }),
  );
  return [...results.values()].flatMap(({ commandId, n, argsHash }) =>
    logged.has(commandId) ? [] : [{ commandId, n, argsHash }],
  );
}

function assemble(head: Head, log: readonly LogRow[], rows: readonly ResultRow[]): LoadedExecution | null {
  const { headSeq, ...loaded } = head;
  const results = new Map(rows.map((row) => [row.commandId, readResult(row)]));
  const history: HistoryEntry[] = [];
  const logged = new Set<string>();
  for (const row of log.slice(0, headSeq)) {
    const entry = readEntry(row, (commandId) => results.get(commandId));
    if (!entry) return null;
    if (entry.kind === 'action_completed' || entry.kind === 'action_failed') logged.add(entry.body.commandId);
    history.push(entry);
  }
  if (history.length !== headSeq) return null;
  const wasRetried = history.some((entry) => entry.kind === 'execution_retried');
  const unlogged = [...results.values()].filter(({ commandId }) => wasRetried || !logged.has(commandId));
  return { ...loaded, history, unlogged };
}

const keyOf = ({ executionId, partitionId }: ExecutionKey): ExecutionKey => ({ executionId, partitionId });

function findWork(
  tables: MemoryTables,
  { partitions, limit, horizonMs, exceptDeferredBy }: Parameters<ExecutionStore['findWork']>[0],
): FoundWork {
  const nowMs = tables.nowMs();
  const rows = inPartitions(tables, partitions);
  const isAlone = (row: ExecutionTableRow) =>
    exceptDeferredBy !== undefined && isDeferredBy(row, exceptDeferredBy, nowMs);
  const reachable = rows.filter((row) => row.status !== 'paused' && row.status !== 'blocked_on_code' && !isAlone(row));
  const withInbox = rows
    .filter((row) =>
      row.inbox.some(({ disposition, kind }) => {
        const isReachable = reachable.includes(row) || (isDecision(kind) && kind !== 'cancel_requested');
        return disposition === null && isReachable;
      }),
    )
    .slice(0, limit);
  const pending = reachable.filter((row) => row.status === 'pending').slice(0, limit);
  const timers = reachable
    .flatMap((row) => [...row.timers.values()].map(({ fireAtMs }) => ({ ...keyOf(row), fireAtMs })))
    .filter(({ fireAtMs }) => fireAtMs <= nowMs + horizonMs)
    .sort((a, b) => a.fireAtMs - b.fireAtMs)
    .slice(0, limit);
  const due = timers.filter(({ fireAtMs }) => fireAtMs <= nowMs);
  const found = [...withInbox.map(keyOf), ...pending.map(keyOf), ...due];
  const executions = new Map(found.map(({ executionId, partitionId }) => [executionId, { executionId, partitionId }]));
  const upcoming = timers.filter(({ fireAtMs }) => fireAtMs > nowMs);
  const redriven = tables.deadLetters.filter((letter) => letter.isRedriven && !letter.isSettled).map(keyOf);
  return { executions: [...executions.values()], upcoming, redriven, nowMs };
}

function findUnfinished(
  tables: MemoryTables,
  { partitions, blockedForCode }: Parameters<ExecutionStore['findUnfinished']>[0],
): ExecutionKey[] {
  return inPartitions(tables, partitions)
    .filter((row) => row.status === 'pending' || row.status === 'running' || mayTryAgain(row, blockedForCode))
    .map(keyOf);
}

function inPartitions(tables: MemoryTables, partitions: readonly number[]): ExecutionTableRow[] {
  const owned = new Set(partitions);
  return [...tables.executions.values()].filter((row) => owned.has(row.partitionId));
}

function closeLate(tables: MemoryTables, workerId: string, keys: readonly ExecutionKey[]): LateRows {
  if (tables.isFenced(workerId)) return { closed: 0, handedTo: [] };
  let closed = 0;
  const handedTo: ExecutionKey[] = [];
  for (const { executionId, partitionId } of keys) {
    const row = tables.executions.get(executionId);
    if (!row || row.partitionId !== partitionId || !isEnded(row.status)) continue;
    const next = row.continuedTo === null ? undefined : tables.executions.get(row.continuedTo);
    if (next && handOn(row, next) > 0) handedTo.push(keyOf(next));
    for (const each of row.inbox) {
      if (each.disposition !== null || (row.status === 'failed' && each.kind === 'execution_retried')) continue;
      each.disposition = 'too_late';
      const reason = `Event ${each.name} came after the execution had ended (${row.status}).`;
      addLetter(tables, { executionId, partitionId, kind: 'undeliverable', reason, rowId: each.rowId, strikes: 0 });
      closed += 1;
    }
  }
  return { closed, handedTo };
}
