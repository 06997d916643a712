/**
 * The worker process: wires the engine to Postgres, Redis and the workflows of this product, and answers for its
 * health. It ends when its parent does, drains on SIGTERM, and ends at once when it finds itself fenced.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { closeDatabase } from '@/lib/db/client';
import { env, EnvironmentError } from '@/lib/env';
import { startMailing } from '@/lib/mail';
import {
  connectFromEnvironment,
  createJobWorkerFor,
  createWorkerFor,
  getWorkflowRuntime,
  provideEngine,
} from '@shared/workflow/index';
import { workerInstruments } from '@shared/workflow/telemetry/names';
import { createPinoLogger } from '@shared/workflow/telemetry/pinoLogger';
import { createPromMetrics } from '@shared/workflow/telemetry/promMetrics';
import { registerAll } from '@/workflows';
import { buildVersion } from './buildVersion';
import { checksOf } from './checks';
import { endOnce } from './ending';
import { startHealthServer } from './health';

/** Jobs that take longer than so after a stop are given to others. */
const jobDrainMs = 10_000;

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<void> {
  const { codeVersion, logLevel, workerId = randomUUID(), replacesWorker = null, workerHealthPort, workerRuns } = env();
  const logger = createPinoLogger({ level: logLevel, service: 'worker' }).child({ workerId });
  const metrics = createPromMetrics({ shown: workerInstruments, labels: { workerId }, withProcessMetrics: true });
  const deps = await connectFromEnvironment({ logger, metrics, workerId });
  provideEngine(deps);

  const runtime = getWorkflowRuntime();
  registerAll({ workflows: runtime.workflows, actions: runtime.actions });
  await runtime.publish();

  const jobRunner = workerRuns === 'executions' ? null : createJobWorkerFor({ deps, runtime, workerId });
  jobRunner?.jobs.start();
  // It may be fenced while it starts.
  let onFenced = (): void => process.exit(1);
  const engine =
    workerRuns === 'jobs'
      ? null
      : createWorkerFor({
          deps,
          runtime,
          identity: {
            workerId,
            host: hostname(),
            pid: process.pid,
            codeVersion: codeVersion ?? buildVersion({ root: projectRoot }),
            definitions: runtime.workflows.keys,
          },
          replaces: replacesWorker,
          onFenced: () => onFenced(),
        });
  await engine?.worker.start();
  const health = await startHealthServer({
    port: workerHealthPort,
    ...(engine ? checksOf(engine.worker) : { live: [], ready: [] }),
    metricsPage: () => metrics.page(),
  });
  logger.info(
    { healthPort: health.port, runs: workerRuns, partitions: engine?.worker.state.partitions.length },
    'Worker runs',
  );

  const mail = startMailing({ logger, metrics });

  const end = endOnce({
    steps: [
      () => [engine?.worker.stop(), jobRunner?.jobs.stop(jobDrainMs), mail?.stop()],
      () => [health.close()],
      () => [engine?.close(), jobRunner?.close(), deps.hints.close(), deps.live.close()],
      () => [closeDatabase()],
    ],
    exit: (code) => process.exit(code),
    logger,
  });
  onFenced = () => void end(1);
  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
  // The starter's channel closes when the starter is gone, however it went.
  process.on('disconnect', () => void end(0));
}

main().catch((error: unknown) => {
  const message = error instanceof EnvironmentError ? error.message : error;
  process.stderr.write(`The worker could not start: ${message instanceof Error ? message.stack : String(message)}\n`);
  process.exit(1);
});
