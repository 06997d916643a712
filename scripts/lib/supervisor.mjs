// Keeps one child process running: starts it, starts it again when it ends unasked, stops it when told.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { endProcess } from './processes.mjs';

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;
/** A process that lived this long is taken to have started well, and its next restart is quick again. */
const HEALTHY_AFTER_MS = 20_000;

/**
 * @param {{
 *   name: string,
 *   args: readonly string[],
 *   cwd: string,
 *   makeEnv: () => NodeJS.ProcessEnv,
 *   logFile: string | undefined,
 *   onChange: () => void,
 *   say: (line: string) => void,
 * }} options `makeEnv` is asked before each start; without `logFile` the child writes to our own output.
 */
export function supervise({ name, args, cwd, makeEnv, logFile, onChange, say }) {
  let child;
  let stopping = false;
  let restarting = false;
  let failures = 0;
  let timer;

  function start() {
    timer = undefined;
    const startedAt = Date.now();
    const output = logFile === undefined ? 'inherit' : fs.openSync(logFile, 'a');
    child = spawn(process.execPath, args, {
      cwd,
      env: makeEnv(),
      // Own process group: Ctrl-C reaches us alone, and we stop the rest in order. The channel tells the child when
      // we are gone, however that came about.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    if (typeof output === 'number') fs.closeSync(output);
    child.once('error', (error) => say(`${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (restarting) {
        restarting = false;
        say(`${name} restarted`);
        start();
        return;
      }
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) failures = 0;
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
      failures += 1;
      say(`${name} (process ${child.pid}) ended with ${signal ?? `code ${code}`}; starting it again in ${delayMs} ms`);
      timer = setTimeout(start, delayMs);
    });
    onChange();
  }

  start();
  return {
    /** Id of the process that runs now, or ran last. */
    pid: () => child.pid,
    /** Ends it and starts it again at once, for new code; one that waits for its restart anyway is let wait. */
    restart: () => {
      restarting = timer === undefined && !stopping;
      if (restarting) child.kill('SIGTERM');
    },
    /** Ends it for good; it has `timeoutMs` for an orderly end. */
    stop: async ({ timeoutMs }) => {
      stopping = true;
      clearTimeout(timer);
      await endProcess({ pid: child.pid, timeoutMs });
    },
  };
}
