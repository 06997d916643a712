/**
 * Ends this process when its loop stands still, and says whose code ran then. A thread of its own counts how often the
 * loop came round; it reads the names of running executions from shared memory and writes them over its own connection.
 * An execution that never yields would otherwise hold up its neighbours until the lease ran out, on one worker after the
 * other.
 */
import { Worker as Thread } from 'node:worker_threads';
import type { RunWatch } from '../model/ports/runWatch';
import type { Logger } from '../model/ports/telemetry';
import { workerSessionName } from './membership';

export interface Watchdog extends RunWatch {
  /** Lets the process stand still from now on. */
  close(): Promise<void>;
}

/** Shared with the thread: how often the loop came round, how many names follow, and the names. */
export const watchdogLayout = { rounds: 0, names: 1, headerBytes: 8, nameBytes: 36, maxNames: 1_024 } as const;

const beatMs = 100;

/**
 * @param options.stallMs how long the loop may stand still. The thread counts its own rounds, so that a process that is
 * stopped as a whole is not blamed when it goes on.
 */
export function startWatchdog(options: {
  readonly databaseUrl: string;
  readonly workerId: string;
  readonly stallMs: number;
  readonly logger: Logger;
}): Watchdog {
  const { databaseUrl, workerId, stallMs, logger } = options;
  const { headerBytes, nameBytes, maxNames } = watchdogLayout;
  const memory = new SharedArrayBuffer(headerBytes + nameBytes * maxNames);
  const header = new Int32Array(memory, 0, 2);
  const names = Buffer.from(memory, headerBytes);
  const thread = new Thread(new URL('./watchdogThread.mjs', import.meta.url), {
    workerData: {
      memory,
      layout: watchdogLayout,
      databaseUrl,
      workerId,
      sessionName: `${workerSessionName(workerId)} watchdog`,
      stallMs,
    },
    // No loader for TypeScript: the thread is plain JavaScript.
    execArgv: [],
  });
  thread.unref();
  thread.on('error', (error) =>
    logger.error({ error, workerId }, 'The watchdog ended; an endless loop goes unnoticed'),
  );
  const comeRound = () => Atomics.add(header, watchdogLayout.rounds, 1);
  // The first round comes before any answer of the database, and so before anybody's code.
  setImmediate(comeRound);
  const beat = setInterval(comeRound, beatMs);
  beat.unref();
  let count = 0;
  return {
    enter: (executionId) => {
      if (count >= maxNames) return;
      names.write(executionId, count * nameBytes, nameBytes, 'latin1');
      count += 1;
      Atomics.store(header, watchdogLayout.names, count);
    },
    leave: () => {
      count = 0;
      Atomics.store(header, watchdogLayout.names, 0);
    },
    close: async () => {
      clearInterval(beat);
      await thread.terminate();
    },
  };
}
