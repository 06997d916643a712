// Runs an own Redis (or Valkey) server on loopback, without persistence: nothing in it is ever the only copy.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installDebianPackage } from './debianPackages.mjs';
import { accepts, pickFreePort } from './ports.mjs';
import { endProcess, isAlive, isRunning } from './processes.mjs';

const SERVERS = ['valkey-server', 'redis-server'];
const START_TIMEOUT_MS = 20_000;

/** Name of the Redis-compatible server on PATH, or undefined. */
export function findRedisServer() {
  return SERVERS.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** Like `findRedisServer`, and installs one with apt where that is allowed (root on Debian). */
export async function findOrInstallRedisServer() {
  return findRedisServer() ?? ((await installDebianPackage('redis-server')) ? findRedisServer() : undefined);
}

/**
 * Starts a server whose files lie in `dataDir`; one that a killed starter left there is ended first. Without `port` a
 * free one is picked, without `password` one is made.
 * @returns {Promise<{ url: string, port: number, password: string, pid: number, stop(): Promise<void> }>}
 */
export async function startRedis({
  server,
  dataDir,
  databases = 16,
  port: wantedPort,
  password = randomBytes(24).toString('hex'),
}) {
  fs.mkdirSync(dataDir, { recursive: true });
  await stopRedisOf({ dataDir });
  const logFile = path.join(dataDir, 'redis.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await pickFreePort());
    const configFile = writeConfig({ dataDir, port, password, databases });
    const log = fs.openSync(logFile, 'a');
    const child = spawn(server, [configFile], { cwd: dataDir, detached: true, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    child.once('error', () => undefined);
    child.unref();
    if (await becomesReady({ child, port })) {
      fs.writeFileSync(pidFile(dataDir), JSON.stringify({ pid: child.pid, port }));
      const stop = () => endProcess({ pid: child.pid });
      return { url: `redis://:${password}@localhost:${port}`, port, password, pid: child.pid, stop };
    }
    if (attempt === 3) throw new Error(`Redis did not start; see ${logFile}.`);
  }
}

/** Ends the server that runs on `dataDir`, if one does. */
export async function stopRedisOf({ dataDir }) {
  try {
    const { pid, port } = JSON.parse(fs.readFileSync(pidFile(dataDir), 'utf8'));
    // The server shows its port in its command line, so a reused process id is not mistaken for it.
    if (isRunning({ pid, commandLineHas: ['-server', `:${port}`] })) await endProcess({ pid });
  } catch (error) {
    if (error.code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
}

const pidFile = (dataDir) => path.join(dataDir, 'redis.json');

// In a file of ours alone: a password on the command line can be read by every user of the machine.
function writeConfig({ dataDir, port, password, databases }) {
  const file = path.join(dataDir, 'redis.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1 -::1',
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    `databases ${databases}`,
    `dir ${JSON.stringify(path.resolve(dataDir))}`,
    'daemonize no',
  ];
  fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function becomesReady({ child, port }) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.pid !== undefined && Date.now() < deadline) {
    if ((await accepts({ host: '127.0.0.1', port })) && isAlive(child.pid)) return true;
    await delay(15);
  }
  return false;
}
