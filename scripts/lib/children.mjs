// Runs a command to its end. It is ended with us when we stop halfway.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const KEPT_OUTPUT = 200_000;

/**
 * @param {{ command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv, logFile?: string,
 *   show?: boolean }} options `show` also prints the output as it comes.
 * @returns {Promise<{ code: number, output: string }>} the end of what it wrote on both streams; `code` is 1 for a
 *   command that a signal ended, 127 for one that could not be started.
 */
export function runToEnd({ command, args, cwd, env = process.env, logFile, show = false }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = logFile === undefined ? undefined : fs.createWriteStream(logFile);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output = (output + text).slice(-KEPT_OUTPUT);
        log?.write(text);
        if (show) process.stdout.write(text);
      });
    }
    const endWithUs = () => child.kill('SIGTERM');
    process.once('exit', endWithUs);
    const finish = (code) => {
      process.off('exit', endWithUs);
      log?.end();
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

/** Runs a Node script of the project or of one of its packages. */
export function runNode({ args, ...options }) {
  return runToEnd({ command: process.execPath, args, ...options });
}
