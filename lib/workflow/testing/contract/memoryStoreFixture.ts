import { randomUUID } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { createMemoryActionResults } from '../memory/actionResults';
import { createMemoryBus } from '../memory/busStore';
import { createMemoryStore } from '../memory/executionStore';
import { insertFork } from '../memory/forks';
import { completeTask, insertBusEvent, insertExecution } from '../memory/senders';
import { createMemoryMembership } from '../memory/membership';
import { MemoryTables } from '../memory/tables';
import type { StoreFixture } from './storeFixture';
import { startedBody } from './startedBody';

export async function createMemoryStoreFixture(): Promise<StoreFixture> {
  let clockOffsetMs = 0;
  const nowMs = () => Date.now() + clockOffsetMs;
  const { workflow, version } = startedBody('');
  const tables = new MemoryTables({ nowMs, partitionCount: 64, workflows: new Map([[workflow, version]]) });
  const membership = createMemoryMembership({ tables });
  return {
    store: createMemoryStore({ tables }),
    bus: createMemoryBus({ tables }),
    results: (workerId) => createMemoryActionResults({ tables, workerId, onEffect: () => undefined }),
    addWorker: async () => {
      const workerId = randomUUID();
      tables.workers.set(workerId, {
        workerId,
        definitions: [],
        fencedAtMs: null,
        leaseUntilMs: Number.MAX_SAFE_INTEGER,
      });
      return workerId;
    },
    fence: async (workerId) => {
      const worker = tables.workers.get(workerId);
      if (worker) worker.fencedAtMs = nowMs();
    },
    start: async ({ partitionId = 7, tenant = 'acme', workflowKey = null } = {}) => {
      const executionId = randomUUID();
      insertExecution(tables, { executionId, partitionId, tenant, started: startedBody(executionId), workflowKey });
      return { executionId, partitionId };
    },
    fork: async ({ executionId: from, partitionId }, atSeq, openChildren = 'refuse') => {
      const key = { executionId: randomUUID(), partitionId };
      insertFork(tables, { ...key, from, atSeq, openChildren });
      return key;
    },
    submit: async ({ tenant = 'acme', name, payload, starts = false }) => {
      const eventId = newId();
      const event = { name, type: name, payload, user_id: null, event_id: eventId, timestamp: '' };
      insertBusEvent(tables, { tenant, event });
      const started = starts ? { executionId: randomUUID(), partitionId: 7 } : null;
      if (started) {
        const body = startedBody(started.executionId);
        insertExecution(tables, {
          ...started,
          tenant,
          started: { ...body, trigger: event },
          startedByEventId: eventId,
        });
      }
      return { event: { eventId, tenant, name, payload }, started };
    },
    submitOnce: async ({ tenant = 'acme', name, type = name, payload, subject = null, idempotencyKey }) => {
      const event = { name, type, payload, user_id: null, event_id: newId(), timestamp: '' };
      return insertBusEvent(tables, { tenant, event, subject, idempotencyKey }).eventId;
    },
    send: async ({ executionId }, name) => {
      const event = { name, type: name, payload: {}, user_id: null, event_id: randomUUID(), timestamp: '' };
      const payloadText = JSON.stringify({ event });
      const row = { rowId: tables.nextRowId(), kind: 'event_received' as const, name, commandId: null, payloadText };
      tables.execution(executionId).inbox.push({ ...row, atMs: nowMs(), disposition: null });
    },
    decide: async ({ executionId }, kind) => {
      const payloadText = JSON.stringify({ by: 'mia', reason: null });
      const row = { rowId: tables.nextRowId(), kind, name: null, commandId: null, payloadText };
      tables.execution(executionId).inbox.push({ ...row, atMs: nowMs(), disposition: null });
    },
    unknownWorkflow: 'unknown',
    completeTask: async (taskId, outcome) => completeTask(tables, { taskId, outcome, by: 'mia' }),
    moveTime: (byMs) => {
      clockOffsetMs += byMs;
    },
    nowMs: async () => nowMs(),
    own: async (workerId, partitionId) => {
      tables.partitions.set(partitionId, workerId);
    },
    takeOver: async (workerId) => {
      await membership.fenceExpired({ knownDead: workerId });
    },
    blame: async ({ executionId, partitionId }, commandId) => {
      const unnoted = { company: 0, ranMs: 0, workerId: null, sinceMs: nowMs() };
      tables.suspects.set(executionId, { executionId, partitionId, strikes: 1, commandId, ...unnoted });
    },
    retire: (workerId) => membership.retire({ workerId }),
    redrive: async ({ executionId }) => {
      for (const letter of tables.deadLetters) if (letter.executionId === executionId) letter.isRedriven = true;
    },
    letters: async ({ executionId }) =>
      tables.deadLetters
        .filter((letter) => letter.executionId === executionId)
        .map(({ kind, strikes }) => ({ kind, strikes })),
    setStatus: async ({ executionId }, status) => {
      tables.execution(executionId).status = status;
    },
    stored: async ({ executionId }) => {
      const { status, state, headSeq, log, timers, waits, results, inbox } = tables.execution(executionId);
      return {
        status,
        state,
        headSeq,
        seqs: log.map((row) => row.seq),
        kinds: log.map((row) => row.kind),
        timers: [...timers.keys()].sort(),
        waits: [...waits.keys()].sort(),
        results: [...results.values()]
          .map((row) => ({ commandId: row.commandId, status: row.status, attempts: row.attempts }))
          .sort((a, b) => (a.commandId < b.commandId ? -1 : 1)),
        inbox: inbox.map((row) => row.disposition),
      };
    },
    taskStatus: async (taskId) => tables.tasks.get(taskId)?.status ?? null,
    taskLook: async (taskId) => {
      const task = tables.tasks.get(taskId);
      if (!task) return null;
      const { status, outcome, activities, insert } = task;
      return { status, outcome, roles: insert.row.candidateRoles, activities: [...activities] };
    },
    close: async () => undefined,
  };
}
