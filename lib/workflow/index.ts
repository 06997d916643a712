/**
 * The door of the engine for the web server, workers and scripts: use-cases bound to the dependencies of this process.
 * `provideEngine` sets those; without it they are connected from the environment at the first use.
 */
import type { Sql } from 'postgres';
import { rawSql } from '../db/client';
import { env, isInsideWebServer } from '../env';
import { webMetrics } from '../metrics';
import { createChangeCounter } from '../redis/changeCounter';
import { createCounterLivePublisher, createRedisLivePublisher } from '../redis/livePublisher';
import { connectActions } from './core/actionRegistry';
import { createAdmissionGate } from './core/admissionGate';
import { createActionRunner } from './core/actions/actionRunner';
import { systemClock } from './core/actions/runHandler';
import { engineDeps } from './core/ambient';
import {
  cancelExecution as cancel,
  pauseExecution as pause,
  resumeExecution as resume,
  retryExecution as retry,
  terminateExecution as terminate,
  type DecisionInput,
} from './core/decideExecution';
import { enqueueEvent as enqueue, type EnqueueEventInput } from './core/enqueueEvent';
import type { EngineDeps } from './core/engineDeps';
import { forkExecution as fork, type ForkInput } from './core/forkExecution';
import { redriveDeadLetter as redrive, type RedriveRequest } from './core/redriveDeadLetter';
import { startWorkflow as start, type StartWorkflowInput } from './core/startWorkflow';
import { submitEvent as submit, submitEventIn as submitIn, type SubmitEventInput } from './core/submitEvent';
import { drainMacrotask, processSandbox } from './core/sandbox';
import { JobWorker } from './core/jobs/jobWorker';
import { processScheduler } from './core/scheduler';
import { gatherNotices } from './core/worker/gatheredNotices';
import { Worker } from './core/worker/worker';
import type { WorkflowRuntime } from './core/workflowRuntime';
import type { WorkerIdentity } from './model/ports/membership';
import type { Logger, Metrics } from './model/ports/telemetry';
import { createActionKeyStore } from './persistence/actions/actionKeys';
import { createActionResultStore } from './persistence/actions/actionResults';
import { readBacklog } from './persistence/backlog';
import { createBusStore } from './persistence/bus/busStore';
import { createActionStartStore } from './persistence/actions/actionStarts';
import { createPostgresStore } from './persistence/executions/postgresStore';
import { createStuckCounter } from './persistence/executions/stuckExecutions';
import { createJobDispatcher } from './persistence/jobs/jobDispatcher';
import { createJobStore } from './persistence/jobs/jobStore';
import { createPostgresMembership, workerSessionName } from './persistence/membership';
import { createTaskDraftStore } from './persistence/tasks/drafts';
import { createPeopleDirectory } from './persistence/tasks/people';
import { createTaskDefinitionStore } from './persistence/tasks/taskDefinitions';
import { createTaskStore } from './persistence/tasks/taskStore';
import { startWatchdog } from './persistence/watchdog';
import { publishRegistrations as publishAll } from './persistence/registrations';
import { createTransactions, type Transactions } from './persistence/transactions';
import { absentHintPublisher, absentHintSource } from './streams/absentHints';
import { absentJobQueue, createJobQueue } from './streams/jobQueue';
import { createRedisHintPublisher } from './streams/redisHintPublisher';
import { createRedisHintSource } from './streams/redisHintSource';
import { absentLocks, createRedisLocks } from './streams/redisLocks';
import { absentWakeScheduler, createWakeScheduler, startWakeWorker } from './streams/wakeQueue';
import * as questions from './tasks/askAboutTask';
import * as bulk from './tasks/bulk';
import { claimTask as claim } from './tasks/claimTask';
import { completeTask as complete, type CompleteTaskRequest } from './tasks/completeTask';
import { declineTask as decline } from './tasks/declineTask';
import type { HandoverDeps, TaskDeps, TaskRequest } from './tasks/deps';
import * as drafts from './tasks/drafts';
import * as handOver from './tasks/handOver';
import type { HandoverRequest } from './tasks/handOver';
import * as notes from './tasks/noteOnTask';
import { createTaskPreparer } from './tasks/prepareTasks';
import { publishSystemDefinitions as publishDefinitions } from './tasks/publishDefinitions';
import { releaseTask as release } from './tasks/releaseTask';
import { heapGauge } from './telemetry/heap';
import { createPinoLogger } from './telemetry/pinoLogger';
import { silentMetrics } from './telemetry/silentMetrics';

export { engineDeps, forgetEngine, provideEngine } from './core/ambient';
export type { EngineDeps } from './core/engineDeps';
export { submitWorkflowEventAction } from './core/submitWorkflowEventAction';
export { getWorkflowRuntime, createWorkflowRuntime, WorkflowRuntime } from './core/workflowRuntime';
export type { TaskResult } from './tasks/deps';
export type { SubmitEventInput, SubmittedEvent } from './core/submitEvent';

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

export async function submitEvent(input: SubmitEventInput) {
  return submit(await engineDeps(), input);
}

/** Runs statements of several round trips as one transaction. */
export async function inTransaction<T>(work: (transaction: Sql) => Promise<T>): Promise<T> {
  const { sql } = await engineDeps();
  let transactions = transactionsOf.get(sql);
  if (!transactions) transactionsOf.set(sql, (transactions = createTransactions({ sql })));
  return transactions.run({ work });
}

const transactionsOf = new WeakMap<Sql, Transactions>();

/** Submits inside a transaction of the caller; call `afterCommit` once it is committed. */
export async function submitEventIn(tx: Sql, input: SubmitEventInput) {
  return submitIn(await engineDeps(), tx, input);
}

export async function startWorkflow(name: string, input: StartWorkflowInput) {
  return start(await engineDeps(), name, input);
}

export async function enqueueEvent(event: EnqueueEventInput) {
  return enqueue(await engineDeps(), event);
}

/** Lets an execution clean up and end. */
export async function cancelExecution(input: DecisionInput) {
  return cancel(await engineDeps(), input);
}

/** Ends an execution at once, without its code. */
export async function terminateExecution(input: DecisionInput) {
  return terminate(await engineDeps(), input);
}

export async function pauseExecution(input: DecisionInput) {
  return pause(await engineDeps(), input);
}

export async function resumeExecution(input: DecisionInput) {
  return resume(await engineDeps(), input);
}

/** Goes on from an execution's failure, or tries the code that it is blocked on. */
export async function retryExecution(input: DecisionInput) {
  return retry(await engineDeps(), input);
}

/** Starts a new execution with the first entries of another one's log. */
export async function forkExecution(input: ForkInput) {
  return fork(await engineDeps(), input);
}

/** Lets something go on that was put aside. */
export async function redriveDeadLetter(request: RedriveRequest) {
  return redrive(await engineDeps(), request);
}

export async function claimTask(request: TaskRequest) {
  return claim(taskDeps(await engineDeps()), request);
}

export async function releaseTask(request: TaskRequest) {
  return release(taskDeps(await engineDeps()), request);
}

export async function completeTask(request: CompleteTaskRequest) {
  return complete(taskDeps(await engineDeps()), request);
}

export async function declineTask(request: Parameters<typeof decline>[1]) {
  return decline(taskDeps(await engineDeps()), request);
}

export async function assignTask(request: HandoverRequest) {
  return handOver.assignTask(handoverDeps(await engineDeps()), request);
}

export async function delegateTask(request: HandoverRequest) {
  return handOver.delegateTask(handoverDeps(await engineDeps()), request);
}

export async function forwardTask(request: HandoverRequest) {
  return handOver.forwardTask(handoverDeps(await engineDeps()), request);
}

export async function giveBackTask(request: Parameters<typeof handOver.giveBackTask>[1]) {
  return handOver.giveBackTask(taskDeps(await engineDeps()), request);
}

export async function askForInfo(request: Parameters<typeof questions.askForInfo>[1]) {
  return questions.askForInfo(handoverDeps(await engineDeps()), request);
}

export async function answerQuestion(request: Parameters<typeof questions.answerQuestion>[1]) {
  return questions.answerQuestion(taskDeps(await engineDeps()), request);
}

export async function withdrawQuestion(request: TaskRequest) {
  return questions.withdrawQuestion(taskDeps(await engineDeps()), request);
}

export async function returnQuestion(request: Parameters<typeof questions.returnQuestion>[1]) {
  return questions.returnQuestion(taskDeps(await engineDeps()), request);
}

export async function commentOnTask(request: Parameters<typeof notes.commentOnTask>[1]) {
  return notes.commentOnTask(taskDeps(await engineDeps()), request);
}

export async function planTask(request: Parameters<typeof notes.planTask>[1]) {
  return notes.planTask(taskDeps(await engineDeps()), request);
}

export async function claimTasks(request: bulk.BulkRequest) {
  return bulk.claimTasks(taskDeps(await engineDeps()), request);
}

export async function releaseTasks(request: bulk.BulkRequest) {
  return bulk.releaseTasks(taskDeps(await engineDeps()), request);
}

export async function assignTasks(request: Parameters<typeof bulk.assignTasks>[1]) {
  return bulk.assignTasks(handoverDeps(await engineDeps()), request);
}

export async function completeTasks(request: Parameters<typeof bulk.completeTasks>[1]) {
  return bulk.completeTasks(taskDeps(await engineDeps()), request);
}

export async function saveDraft(request: Parameters<typeof drafts.saveDraft>[1]) {
  return drafts.saveDraft(draftDeps(await engineDeps()), request);
}

export async function readDraft(request: TaskRequest) {
  return drafts.readDraft(draftDeps(await engineDeps()), request);
}

export async function dropDraft(request: TaskRequest) {
  return drafts.dropDraft(draftDeps(await engineDeps()), request);
}

/** Stores the forms and task definitions that ship with the product. */
export async function publishSystemDefinitions(request: Parameters<typeof publishDefinitions>[1]): Promise<void> {
  const { sql } = await engineDeps();
  await publishDefinitions({ definitions: createTaskDefinitionStore({ sql }) }, request);
}

function draftDeps({ sql }: EngineDeps): drafts.DraftDeps {
  return { tasks: createTaskStore({ sql }), drafts: createTaskDraftStore({ sql }) };
}

function taskDeps({ sql, hints, live, metrics }: EngineDeps): TaskDeps {
  return { tasks: createTaskStore({ sql }), hints, live, metrics };
}

function handoverDeps(deps: EngineDeps): HandoverDeps {
  return { ...taskDeps(deps), people: createPeopleDirectory({ sql: deps.sql }) };
}

/** Makes workflows known under ids that attachments can refer to. */
export async function publishRegistrations(
  definitions: readonly { readonly name: string; readonly version: string; readonly description?: string }[],
) {
  return publishAll((await engineDeps()).sql, definitions);
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
  const { sql, logger, metrics, live } = deps;
  const { workerId } = identity;
  const transport = connectTransport(deps, workerId);
  const tasks = createTaskPreparer({ definitions: createTaskDefinitionStore({ sql }) });
  const notices = gatherNotices({ live, scheduler: processScheduler });
  const { databaseUrl, watchdogMs: stallMs, workerMemoryBytes } = env();
  const watch = stallMs > 0 ? startWatchdog({ databaseUrl, workerId, stallMs, logger }) : null;
  const worker = new Worker({
    identity,
    replaces,
    ...(watch && { watch }),
    membership: createPostgresMembership(sql),
    store: createPostgresStore({ sql }),
    stuck: createStuckCounter({ sql }),
    bus: createBusStore({ sql }),
    hints: transport.hints,
    locks: transport.locks,
    wakes: transport.wakes,
    publisher: deps.hints,
    definition: (name, version) => runtime.workflows.find(name, version),
    actions: createActionRunner({
      registry: runtime.actions,
      results: createActionResultStore({ sql, workerId }),
      logger,
      metrics,
      clock: systemClock,
      ...(deps.limits && { mostResult: deps.limits.payload_size.most }),
      jobs: createJobDispatcher({ sql, workerId, transport: transport.jobs, hints: deps.hints }),
      uncertain: { starts: createActionStartStore({ sql, workerId }), tasks },
    }),
    tasks,
    live: notices,
    logger,
    metrics,
    sandbox: processSandbox(),
    ...(deps.limits && { executionLimits: deps.limits }),
    drain: drainMacrotask,
    memory: heapGauge(workerMemoryBytes),
    monotonicMs: () => performance.now(),
    onFenced,
  });
  return {
    worker,
    close: async () => {
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
