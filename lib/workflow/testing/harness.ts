/**
 * Real workers over a real database within one test process: start some, stop, kill or freeze them, move time.
 */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { createTestDatabase } from '../../db/testing/testDatabase';
import { createActionRegistry, type ActionRegistry } from '../core/actionRegistry';
import type { EngineDeps } from '../core/engineDeps';
import { defaultWorkerSettings, Worker, type WorkerParts, type WorkerSettings } from '../core/worker/worker';
import { createWorkflowRuntime, type WorkflowRuntime } from '../core/workflowRuntime';
import type { ExecutionLimits } from '../model/limits';
import type { BusStore } from '../model/ports/bus';
import type { HintPublisher, HintSource } from '../model/ports/hints';
import type { JobTransport } from '../model/ports/jobs';
import type { MemoryGauge } from '../model/ports/memory';
import type { ExecutionStore } from '../model/ports/store';
import type { Metrics } from '../model/ports/telemetry';
import type { ExecutionStatus } from '../model/status';
import { absentHintPublisher, absentHintSource } from '../streams/absentHints';
import { silentLogger } from '../telemetry/silentLogger';
import { silentMetrics } from '../telemetry/silentMetrics';
import { workerPartsOver } from '../workerParts';

/**
 * Quick settings: tests wait for events, not for intervals. The lease is longer than a busy machine stands still: a test
 * in which somebody takes over says who is dead (`replaces`), and does not wait for a lease to run out.
 */
export const testWorkerSettings: WorkerSettings = {
  ...defaultWorkerSettings,
  membership: { leaseMs: 20_000, heartbeatMs: 400, balanceMs: 50 },
  sweepMs: 500,
  sweepWithoutHintsMs: 20,
  drainMs: 2_000,
};

/** For tests in which no worker is to lose its lease, however long the machine stands still. */
export const longLease: WorkerSettings['membership'] = { leaseMs: 60_000, heartbeatMs: 400, balanceMs: 50 };

export interface TestWorker {
  readonly worker: Worker;
  readonly workerId: string;
  readonly fenced: () => boolean;
}

export interface Harness {
  readonly sql: Sql;
  readonly deps: EngineDeps;
  readonly actions: ActionRegistry;
  readonly runtime: WorkflowRuntime;
  startWorker(overrides?: WorkerOverrides): Promise<TestWorker>;
  /** Moves the clock by which timers fire, for all workers. */
  moveTime(byMs: number): void;
  untilStatus(executionId: string, ...statuses: ExecutionStatus[]): Promise<ExecutionStatus>;
  history(
    executionId: string,
  ): Promise<{ seq: number; kind: string; name: string | null; command_id: string | null }[]>;
  close(): Promise<void>;
}

export interface WorkerOverrides {
  readonly settings?: Partial<WorkerSettings>;
  readonly wrapStore?: (store: ExecutionStore) => ExecutionStore;
  readonly wrapBus?: (bus: BusStore) => BusStore;
  readonly hints?: HintSource;
  readonly runtime?: WorkflowRuntime;
  /** Names the build; that of the registered functions unless given. */
  readonly codeVersion?: string;
  readonly replaces?: string;
  readonly drain?: WorkerParts['drain'];
  readonly metrics?: Metrics;
  readonly limits?: ExecutionLimits;
  readonly memory?: MemoryGauge;
}

export async function createHarness(
  options: {
    readonly hints?: HintPublisher;
    readonly connections?: number;
    readonly jobs?: JobTransport;
    readonly metrics?: Metrics;
    readonly limits?: ExecutionLimits;
  } = {},
): Promise<Harness> {
  const database = await createTestDatabase();
  const metrics = options.metrics ?? silentMetrics;
  const sql = postgres(database.url, { max: options.connections ?? 12, onnotice: () => undefined });
  const deps: EngineDeps = {
    sql,
    hints: options.hints ?? absentHintPublisher,
    live: { publish: () => Promise.resolve(), close: () => Promise.resolve() },
    logger: silentLogger,
    metrics,
    ...(options.limits && { limits: options.limits }),
  };
  const actions = createActionRegistry();
  const runtime = createWorkflowRuntime({ actions, deps });
  const workers: TestWorker[] = [];
  let clockOffsetMs = 0;

  const startWorker = async (overrides: WorkerOverrides = {}): Promise<TestWorker> => {
    const workerId = randomUUID();
    const code = overrides.runtime ?? runtime;
    await code.publish();
    const limits = overrides.limits ?? options.limits;
    const { keys: definitions, fingerprint } = code.workflows;
    const { codeVersion = fingerprint } = overrides;
    const { wrapStore, wrapBus, hints = absentHintSource, replaces = null, settings, drain, memory } = overrides;
    const parts = workerPartsOver({
      deps: { ...deps, ...(limits && { limits }), metrics: overrides.metrics ?? metrics },
      runtime: code,
      identity: { workerId, host: 'test', pid: process.pid, codeVersion, definitions },
      clockOffsetMs: () => clockOffsetMs,
      ...(options.jobs && { jobs: options.jobs }),
    });
    let fenced = false;
    const worker = new Worker({
      ...parts,
      replaces,
      hints,
      store: wrapStore?.(parts.store) ?? parts.store,
      bus: wrapBus?.(parts.bus) ?? parts.bus,
      ...(drain && { drain }),
      ...(memory && { memory }),
      settings: { ...testWorkerSettings, ...settings },
      onFenced: () => {
        fenced = true;
      },
    });
    const started = { worker, workerId, fenced: () => fenced };
    workers.push(started);
    await worker.start();
    return started;
  };

  return {
    sql,
    deps,
    actions,
    runtime,
    startWorker,
    moveTime: (byMs) => {
      clockOffsetMs += byMs;
    },
    untilStatus: (executionId, ...statuses) => untilStatus(sql, executionId, statuses),
    history: async (executionId) => [
      ...(await sql<{ seq: number; kind: string; name: string | null; command_id: string | null }[]>`
        SELECT seq, kind, name, command_id FROM workflow_events
        WHERE execution_id = ${executionId} AND seq IS NOT NULL ORDER BY seq`),
    ],
    close: async () => {
      await Promise.all(workers.map(({ worker }) => worker.stop()));
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}

const patienceMs = 30_000;

async function untilStatus(sql: Sql, executionId: string, statuses: readonly ExecutionStatus[]) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const [row] = await sql<{ status: ExecutionStatus; error: unknown }[]>`
      SELECT status, error FROM workflow_executions WHERE execution_id = ${executionId}`;
    if (row && statuses.includes(row.status)) return row.status;
    if (performance.now() > deadline) {
      throw new Error(
        `Execution ${executionId} is ${row?.status ?? 'unknown'}, not ${statuses.join(' or ')}: ${JSON.stringify(row?.error)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits for a condition that work under way will bring about. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  maxMs: number = patienceMs,
): Promise<void> {
  const deadline = performance.now() + maxMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
