/**
 * A worker process for tests: the production worker over the production adapters, with test workflows and kill points
 * around its ports. It is given a `FixtureConfig` as JSON and waits for `run`.
 */
import { createLastingPool } from '../../../db/lastingPool';
import { createRawClient } from '../../../db/rawClient';
import { createActionRegistry } from '../../core/actionRegistry';
import { systemClock } from '../../core/actions/runHandler';
import { defaultWorkerSettings, Worker } from '../../core/worker/worker';
import { createWorkflowRuntime } from '../../core/workflowRuntime';
import { JobWorker } from '../../core/jobs/jobWorker';
import { createJobStore } from '../../persistence/jobs/jobStore';
import { workerSessionName } from '../../persistence/membership';
import { createTransactions } from '../../persistence/transactions';
import { startWatchdog } from '../../persistence/watchdog';
import { absentJobQueue, createJobQueue } from '../../streams/jobQueue';
import { createRedisHintPublisher } from '../../streams/redisHintPublisher';
import { createRedisHintSource } from '../../streams/redisHintSource';
import { createPinoLogger } from '../../telemetry/pinoLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { workerPartsOver } from '../../workerParts';
import { attackDefinitions } from './attackDefinitions';
import { registerAttackActions } from './attackActions';
import { registerFixtureActions, registerFixtureWorkflows } from './fixtureCode';
import { ProcessPointWatch } from './killPoints';
import { exitCodes, type FixtureConfig, type FromWorker, type ToWorker } from './protocol';
import { wrapActions, wrapDrain, wrapHints, wrapMembership, wrapStore, wrapTasks, wrapTransactions } from './wrapPorts';

const config = JSON.parse(process.argv[2] ?? '{}') as FixtureConfig;
const points = new ProcessPointWatch();
const tell = (message: FromWorker): void => void process.send?.(message);

// As lib/db/client.ts has it, in proportion to the lease: a frozen process must not hold up its successors.
const patienceMs = Math.round(config.leaseMs * 0.6);
const connect = (workerId: string) =>
  createRawClient({ url: config.databaseUrl, name: workerSessionName(workerId), max: 6, patienceMs });
const calls = createLastingPool(config.databaseUrl, { max: 2, onnotice: () => undefined, connect_timeout: 2 });

interface Running {
  stop(): Promise<void>;
}

async function run(workerId: string, replaces: string | null): Promise<Running> {
  const sql = connect(workerId);
  const logger = createPinoLogger({ level: 'warn', service: 'fixture' });
  const metrics = silentMetrics;
  const redis = { url: config.redisUrl, prefix: config.redisPrefix, logger, metrics };
  const live = { publish: () => Promise.resolve(), close: () => Promise.resolve() };
  const deps = { sql, hints: createRedisHintPublisher(redis), live, logger, metrics };
  const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps });
  registerFixtureWorkflows(runtime);
  if (config.code === 'v1+v2') registerFixtureWorkflows(runtime, '2');
  for (const definition of attackDefinitions) runtime.registerWorkflow(definition);
  registerFixtureActions(runtime.actions, { calls, points });
  registerAttackActions(runtime.actions, { calls, signal: (event) => runtime.enqueueEvent(event) });
  await runtime.publish();
  const { databaseUrl, stallMs } = config;
  const transport = config.jobs === 'BullMQ' ? createJobQueue(redis) : absentJobQueue;
  const jobs =
    config.jobs === 'none'
      ? null
      : new JobWorker({
          store: createJobStore({ sql }),
          transport,
          registry: runtime.actions,
          hints: deps.hints,
          logger,
          clock: systemClock,
          claimedBy: workerId,
          concurrency: 4,
        });
  const watch = stallMs > 0 ? { watch: startWatchdog({ databaseUrl, workerId, stallMs, logger }) } : {};
  const parts = workerPartsOver({
    deps,
    runtime,
    identity: { workerId, host: 'fixture', pid: process.pid, ...runtime.workflows.identity },
    jobs: transport,
    transactions: wrapTransactions(createTransactions({ sql }), points),
  });
  const worker = new Worker({
    ...parts,
    ...watch,
    replaces,
    membership: wrapMembership(parts.membership, points),
    store: wrapStore(parts.store, points),
    hints: wrapHints(createRedisHintSource({ ...redis, workerId }), points),
    actions: wrapActions(parts.actions, points),
    tasks: wrapTasks(parts.tasks, points),
    drain: wrapDrain(parts.drain, points),
    settings: {
      ...defaultWorkerSettings,
      membership: { leaseMs: config.leaseMs, heartbeatMs: config.heartbeatMs, balanceMs: config.balanceMs },
      sweepMs: config.sweepMs,
      deferralPatienceMs: config.deferralPatienceMs,
      drainMs: 2_000,
    },
    onFenced: () => {
      tell({ type: 'fenced' });
      // As worker/main.ts: it ends at once.
      setImmediate(() => process.exit(exitCodes.fenced));
    },
  });
  await worker.start();
  jobs?.start();
  tell({ type: 'running' });
  return { stop: () => Promise.all([worker.stop(), jobs?.stop(1_000)]).then(() => undefined) };
}

let running: Promise<Running> | null = null;

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'run':
      running = run(message.workerId, message.replaces);
      running.catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(exitCodes.failed);
      });
      return;
    case 'arm':
      points.arm(message.armed);
      return tell({ type: 'armed' });
    case 'disarm':
      return points.disarm();
    case 'stop':
      stop();
  }
});

function stop(): void {
  points.disarm();
  void running?.then((worker) => worker.stop()).then(() => process.exit(exitCodes.stopped));
  if (running === null) process.exit(exitCodes.stopped);
}
process.on('SIGTERM', stop);
// The test is gone.
process.on('disconnect', () => process.exit(exitCodes.failed));
tell({ type: 'loaded' });
