// The starter as its user meets it: killed, started again, stopped. Works on data of its own, beside the product that
// the other journeys use.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'playwright/test';
import { pickFreePort } from '../scripts/lib/ports.mjs';
import { removePostgresOf } from '../scripts/lib/postgres.mjs';
import { isAlive } from '../scripts/lib/processes.mjs';
import { makeThrowawayDirectory } from '../scripts/lib/throwaway.mjs';

interface Run {
  readonly pid: number;
  readonly webPid: number;
  readonly workers: readonly { readonly workerId: string; readonly pid: number }[];
}

const projectRoot = path.resolve(import.meta.dirname, '..');
let dataDir: string;
let port: number;
let starter: ChildProcess | undefined;

test.beforeEach(async () => {
  dataDir = path.join(makeThrowawayDirectory(), 'data');
  port = await pickFreePort();
});
test.afterEach(async () => {
  if (starter !== undefined) await end(starter, 'SIGTERM');
  await removePostgresOf({ dataDir });
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
});

/** Starts the product and waits for its closing line. */
function start(...args: string[]): Promise<{ output: string }> {
  const { DATABASE_URL: _database, REDIS_URL: _redis, FORCE_COLOR: _color, ...env } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    cwd: projectRoot,
    env: { ...env, PORT: String(port), DATA_DIR: dataDir },
  });
  starter = child;
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += String(data);
        if (output.includes('Ctrl-C stops everything')) resolve({ output });
      });
    }
    child.once('exit', () => reject(new Error(`The starter ended:\n${output}`)));
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

const readRun = () => JSON.parse(readFileSync(path.join(dataDir, 'run.json'), 'utf8')) as Run;

const processesOf = ({ webPid, workers }: Run) => [webPid, ...workers.map(({ pid }) => pid)];

test('a start tells address and accounts, and SIGTERM stops all it started', async () => {
  const { output } = await start('--workers', '2');
  expect(output).toContain(`http://localhost:${port}`);
  for (const email of ['alice@acme.test', 'mia@acme.test', 'omar@acme.test', 'gus@globex.test', 'pat@baton.test']) {
    expect(output).toContain(email);
  }
  const run = readRun();
  const postmaster = Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  expect(processesOf(run)).toHaveLength(3);
  expect([...processesOf(run), postmaster].map(isAlive)).toEqual([true, true, true, true]);

  expect(await end(starter!, 'SIGTERM')).toBe(0);
  expect([...processesOf(run), postmaster].filter(isAlive)).toEqual([]);
  expect(existsSync(path.join(dataDir, 'run.json'))).toBe(false);
});

test('a second start leaves out what is done, also after kill -9 of the first, and Ctrl-C ends it with 130', async () => {
  await start();
  const first = readRun();
  await end(starter!, 'SIGKILL');
  const { output } = await start();
  for (const step of ['packages', 'build', 'migrations', 'seed']) {
    expect(output).toMatch(new RegExp(`${step} .* up to date`));
  }
  expect(processesOf(first).filter(isAlive)).toEqual([]);
  expect(await end(starter!, 'SIGINT')).toBe(130);
});

test('a worker that is killed is replaced by a new incarnation', async () => {
  await start();
  const [killed] = readRun().workers;
  process.kill(killed.pid, 'SIGKILL');
  await expect.poll(() => isAlive(killed.pid)).toBe(false);
  await expect.poll(() => readRun().workers[0]?.workerId).not.toBe(killed.workerId);
  await expect.poll(() => isAlive(readRun().workers[0].pid)).toBe(true);
});
