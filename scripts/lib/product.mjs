// The processes of the product: the web server and N workers, and the picture of them in run.json.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeRun } from './runFile.mjs';
import { supervise } from './supervisor.mjs';
import { watchSources } from './watchSources.mjs';
import { workerFlags } from './workerFlags.mjs';

/** An open live page keeps the server from ending by itself. */
const WEB_STOP_MS = 1_500;
const WORKER_STOP_MS = 10_000;
const READY_TIMEOUT_MS = 60_000;

/**
 * @param {{ projectRoot: string, options: object, env: NodeJS.ProcessEnv, run: object, logDir: string,
 *   say: (line: string) => void }} given `run` is what run.json holds beside the processes.
 */
export function startProduct({ projectRoot, options, env, run, logDir, say }) {
  const web = { process: undefined };
  const workers = [];
  const common = { cwd: projectRoot, say, onChange: () => publish() };
  const logFile = (name) => (options.dev ? undefined : path.join(logDir, `${name}.log`));

  function publish() {
    writeRun({
      dataDir: options.dataDir,
      run: {
        ...run,
        webPid: web.process?.pid() ?? null,
        workers: workers.map(({ workerId, process }) => ({ workerId, pid: process?.pid() ?? null })),
      },
    });
  }

  for (let index = 1; index <= options.workers; index += 1) {
    const worker = { workerId: undefined, process: undefined };
    workers.push(worker);
    worker.process = supervise({
      ...common,
      name: options.workers === 1 ? 'worker' : `worker ${index}`,
      args: [...workerFlags, '--import', 'tsx', path.join('worker', 'main.ts')],
      logFile: logFile(`worker-${index}`),
      makeEnv: () => {
        // A new incarnation may fence the one it replaces at once, without waiting for its lease to run out.
        const replaced = worker.workerId;
        worker.workerId = randomUUID();
        return { ...env, BATON_WORKER_ID: worker.workerId, ...(replaced && { BATON_REPLACES_WORKER: replaced }) };
      },
    });
  }
  web.process = supervise({
    ...common,
    name: 'web',
    args: [
      ...['--import', './scripts/lib/endWithParent.mjs', path.join('node_modules', 'next', 'dist', 'bin', 'next')],
      ...[options.dev ? 'dev' : 'start', '-H', 'localhost', '-p', String(options.port)],
    ],
    logFile: logFile('web'),
    makeEnv: () => env,
  });
  publish();

  const stopWatching = options.dev
    ? watchSources({ projectRoot, onChange: () => workers.forEach((worker) => worker.process.restart()) })
    : () => undefined;

  return {
    /** Resolves with true when the product answers that it is healthy, with false when it does not in time. */
    ready: () => untilHealthy(options),
    stop: async () => {
      stopWatching();
      await web.process.stop({ timeoutMs: WEB_STOP_MS });
      await Promise.all(workers.map((worker) => worker.process.stop({ timeoutMs: WORKER_STOP_MS })));
    },
  };
}

async function untilHealthy({ port, workers }) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    try {
      const { status } = await fetch(`http://localhost:${port}/api/health`, { signal: AbortSignal.timeout(5_000) });
      // Without workers it is never healthy, and that was asked for.
      if (status === 200 || workers === 0) return true;
    } catch {
      // Not listening yet.
    }
    await delay(50);
  }
  return false;
}
