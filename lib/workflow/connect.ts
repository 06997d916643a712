/**
 * Connects a process to its servers: the dependencies of use-cases, workers and job workers as the environment names
 * them. Part of the composition root: the product comes here through `index.ts`.
 */
import { rawSql } from '../db/client';
import { env, isInsideWebServer } from '../env';
import { webMetrics } from '../metrics';
import { createChangeCounter } from '../redis/changeCounter';
import { createCounterLivePublisher, createRedisLivePublisher } from '../redis/livePublisher';
import { connectActions } from './core/actionRegistry';
import { createAdmissionGate } from './core/admissionGate';
import { systemClock } from './core/actions/runHandler';
import type { EngineDeps } from './core/engineDeps';
import { JobWorker } from './core/jobs/jobWorker';
import { processSandbox } from './core/sandbox';
import { processScheduler } from './core/scheduler';
import { gatherNotices } from './core/worker/gatheredNotices';
import { tellOfUnawaited } from './core/worker/unawaited';
import { Worker } from './core/worker/worker';
import type { WorkflowRuntime } from './core/workflowRuntime';
import type { WorkerIdentity } from './model/ports/membership';
import type { Logger, Metrics } from './model/ports/telemetry';
import { createActionKeyStore } from './persistence/actions/actionKeys';
import { readBacklog } from './persistence/backlog';
import { createJobStore } from './persistence/jobs/jobStore';
import { workerSessionName } from './persistence/membership';
import { startWatchdog } from './persistence/watchdog';
import { absentHintPublisher, absentHintSource } from './streams/absentHints';
import { absentJobQueue, createJobQueue } from './streams/jobQueue';
import { createRedisHintPublisher } from './streams/redisHintPublisher';
import { createRedisHintSource } from './streams/redisHintSource';
import { absentLocks, createRedisLocks } from './streams/redisLocks';
import { absentWakeScheduler, createWakeScheduler, startWakeWorker } from './streams/wakeQueue';
import { collectAtRest } from './telemetry/collectAtRest';
import { heapGauge } from './telemetry/heap';
import { createPinoLogger } from './telemetry/pinoLogger';
import { silentMetrics } from './telemetry/silentMetrics';
import { workerPartsOver } from './workerParts';

/** Begins every key in Redis. */
export const redisPrefix = 'baton:';

/**
 * Connects to what the environment names. Redis is optional: without it owners and pages poll.
 * @param options.workerId of the worker that this process will be: a successor finds its sessions by it.
 */
export async function connectFromEnvironment(
  options: { readonly logger?: Logger; readonly metrics?: Metrics; readonly workerId?: string } = {},
): Promise<EngineDeps> {
  const { redisUrl: url, logLevel: level, httpAllow, limits, admissionBacklog: most } = env();
  const sql = options.workerId === undefined ? rawSql() : rawSql(workerSessionName(options.workerId));
  const logger = options.logger ?? createPinoLogger({ level, service: 'baton' });
  const metrics = options.metrics ?? (isInsideWebServer() ? webMetrics() : silentMetrics);
  const counter = createChangeCounter({ sql });
  connectActions({ keys: createActionKeyStore({ sql }), logger, clock: systemClock, httpAllow });
  const redis = url === undefined ? null : { url, prefix: redisPrefix, logger, metrics };
  return {
    sql,
    logger,
    metrics,
    limits,
    ...(isInsideWebServer() && most > 0 && { admission: admissionOf({ sql, most, logger, metrics }) }),
    hints: redis ? createRedisHintPublisher(redis) : absentHintPublisher,
    live: redis ? createRedisLivePublisher({ ...redis, counter }) : createCounterLivePublisher({ counter, logger }),
    currentSession: async () => (await import('../auth/currentSession')).currentSession(),
  };
}

function admissionOf({ sql, ...parts }: Pick<EngineDeps, 'sql' | 'logger' | 'metrics'> & { readonly most: number }) {
  const read = (request: { readonly most: number }) => readBacklog(sql, request);
  return createAdmissionGate({ ...parts, read, monotonicMs: () => performance.now() });
}

/** A worker over the process's dependencies, ready to be started; `close` ends the connections that are its own. */
export function createWorkerFor(options: {
  readonly deps: EngineDeps;
  readonly runtime: WorkflowRuntime;
  readonly identity: WorkerIdentity;
  readonly replaces: string | null;
  readonly onFenced: () => void;
}): { readonly worker: Worker; close(): Promise<void> } {
  const { deps, runtime, identity, replaces, onFenced } = options;
  const { logger, live } = deps;
  const { workerId } = identity;
  const transport = connectTransport(deps, workerId);
  const notices = gatherNotices({ live, scheduler: processScheduler });
  const { databaseUrl, watchdogMs: stallMs, workerMemoryBytes } = env();
  const watch = stallMs > 0 ? startWatchdog({ databaseUrl, workerId, stallMs, logger }) : null;
  const stopCollecting = collectAtRest();
  const worker = new Worker({
    ...workerPartsOver({ deps, runtime, identity, jobs: transport.jobs }),
    replaces,
    ...(watch && { watch }),
    hints: transport.hints,
    locks: transport.locks,
    wakes: transport.wakes,
    publisher: deps.hints,
    live: notices,
    memory: heapGauge(workerMemoryBytes),
    onFenced,
  });
  return {
    worker,
    close: async () => {
      stopCollecting();
      await Promise.all([transport.close(), watch?.close(), notices.close()]);
    },
  };
}

/** Runs dispatched actions of any execution, beside a worker or alone. */
export function createJobWorkerFor(options: {
  readonly deps: EngineDeps;
  readonly runtime: WorkflowRuntime;
  /** Names this process in the rows of jobs. */
  readonly workerId: string;
}): { readonly jobs: JobWorker; close(): Promise<void> } {
  const { sql, logger, metrics, hints, limits } = options.deps;
  processSandbox(tellOfUnawaited({ logger, metrics }));
  const { redisUrl: url, jobConcurrency: concurrency } = env();
  const transport = url === undefined ? absentJobQueue : createJobQueue({ url, prefix: redisPrefix, logger, metrics });
  const jobs = new JobWorker({
    store: createJobStore({ sql }),
    transport,
    registry: options.runtime.actions,
    hints,
    logger,
    clock: systemClock,
    claimedBy: options.workerId,
    ...(limits && { mostResult: limits.payload_size.most }),
    concurrency,
  });
  return { jobs, close: () => transport.close() };
}

function connectTransport({ hints: publisher, logger, metrics }: EngineDeps, workerId: string) {
  const url = env().redisUrl;
  if (url === undefined) {
    return {
      hints: absentHintSource,
      locks: absentLocks,
      wakes: absentWakeScheduler,
      jobs: absentJobQueue,
      close: () => Promise.resolve(),
    };
  }
  const settings = { url, prefix: redisPrefix, logger, metrics };
  const hints = createRedisHintSource({ ...settings, workerId });
  const locks = createRedisLocks(settings);
  const wakes = createWakeScheduler(settings);
  const wakeWorker = startWakeWorker({ ...settings, publisher });
  const jobs = createJobQueue(settings);
  return {
    jobs,
    hints,
    locks,
    wakes,
    close: async () => {
      await Promise.all([wakeWorker.close(), wakes.close(), locks.close(), jobs.close()]);
    },
  };
}
