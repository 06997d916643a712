// The running product as the starter describes it in run.json: its database, and its processes, to be killed on purpose.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'playwright/test';

interface RunningProduct {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly workers: readonly { readonly workerId: string; readonly pid: number }[];
}

const runFile = process.env.E2E_RUN_FILE ?? path.join(process.env.DATA_DIR ?? '.data', 'run.json');

/** Where the product keeps its data, as the command line tools want to know it. */
export const dataDir = path.dirname(runFile);

export function readRun(): RunningProduct {
  return JSON.parse(readFileSync(runFile, 'utf8')) as RunningProduct;
}

/** Kills every worker with SIGKILL, and returns once their processes are gone. The starter starts new ones. */
export async function killWorkers(): Promise<void> {
  const { workers } = readRun();
  expect(workers.length, 'workers that run').toBeGreaterThan(0);
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
  for (const { pid } of workers) {
    await expect(() => expect(() => process.kill(pid, 0), `process ${pid}`).toThrow('ESRCH')).toPass();
  }
}
