/** The wiring of a worker over one database, in one place: what the product, its benches and its tests have in common. */
import { createActionRunner } from './core/actions/actionRunner';
import { systemClock } from './core/actions/runHandler';
import type { EngineDeps } from './core/engineDeps';
import { drainMacrotask, processSandbox } from './core/sandbox';
import { tellOfUnawaited } from './core/worker/unawaited';
import type { WorkerParts } from './core/worker/worker';
import type { WorkflowRuntime } from './core/workflowRuntime';
import type { WorkerIdentity } from './model/ports/membership';
import type { JobTransport } from './model/ports/jobs';
import { createActionResultStore } from './persistence/actions/actionResults';
import { createActionStartStore } from './persistence/actions/actionStarts';
import { createBusStore } from './persistence/bus/busStore';
import { createPostgresStore } from './persistence/executions/postgresStore';
import { createStuckCounter } from './persistence/executions/stuckExecutions';
import { createJobDispatcher } from './persistence/jobs/jobDispatcher';
import { createPostgresMembership } from './persistence/membership';
import { createTaskDefinitionStore } from './persistence/tasks/taskDefinitions';
import type { Transactions } from './persistence/transactions';
import { createTaskPreparer } from './tasks/prepareTasks';

/**
 * All but where hints come from and what happens when the worker is fenced. Change single parts by spreading the answer.
 * @param options.jobs carries dispatched actions; without it they fail.
 * @param options.transactions those of database actions; of their own connections unless given.
 * @param options.clockOffsetMs moves the clock by which timers are due; 0 unless given.
 */
export function workerPartsOver(options: {
  readonly deps: EngineDeps;
  readonly runtime: Pick<WorkflowRuntime, 'workflows' | 'actions'>;
  readonly identity: WorkerIdentity;
  readonly jobs?: JobTransport;
  readonly transactions?: Transactions;
  readonly clockOffsetMs?: () => number;
}): Omit<WorkerParts, 'hints' | 'onFenced'> {
  const { deps, runtime, identity, jobs, transactions, clockOffsetMs } = options;
  const { sql, logger, metrics, live, limits, hints } = deps;
  const { workerId } = identity;
  const tasks = createTaskPreparer({ definitions: createTaskDefinitionStore({ sql }) });
  return {
    identity,
    membership: createPostgresMembership(sql),
    store: createPostgresStore({ sql, ...(clockOffsetMs && { clockOffsetMs }) }),
    stuck: createStuckCounter({ sql }),
    bus: createBusStore({ sql }),
    definition: (name, version) => runtime.workflows.find(name, version),
    actions: createActionRunner({
      registry: runtime.actions,
      results: createActionResultStore({ sql, workerId, ...(transactions && { transactions }) }),
      logger,
      metrics,
      clock: systemClock,
      ...(limits && { mostResult: limits.payload_size.most }),
      ...(jobs && { jobs: createJobDispatcher({ sql, workerId, transport: jobs, hints }) }),
      uncertain: { starts: createActionStartStore({ sql, workerId }), tasks },
    }),
    tasks,
    live,
    logger,
    metrics,
    sandbox: processSandbox(tellOfUnawaited({ logger, metrics })),
    ...(limits && { executionLimits: limits }),
    drain: drainMacrotask,
    monotonicMs: () => performance.now(),
  };
}
