// Runs an own Postgres server on loopback, with data that survive kill -9 of whoever started it.
// A live server that an earlier, killed starter left behind on the same data is taken over, not doubled.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accepts, pickFreePort } from './ports.mjs';
import { findPostgresBinaries, postgresUser, reachableByOthers } from './postgresBinaries.mjs';
import { endProcess, isAlive, isRunning, waitUntilGone } from './processes.mjs';

const DATABASE = 'baton';
const START_TIMEOUT_MS = 60_000;
/** Only a cluster that was made to its end carries this file. */
const READY_MARK = 'baton.ready';

/**
 * Starts (or takes over) the server whose data belong to `dataDir`.
 * @param {{ projectRoot: string, dataDir: string, durable?: boolean, port?: number }} options `durable: false` gives up
 *   fsync, for data that are thrown away anyway; without `port` a free one is picked.
 * @returns {Promise<{ url: string, port: number, pid: number, clusterDir: string, stop(): Promise<void> }>} `url` is
 *   that of the superuser on database `baton`.
 */
export async function startPostgres({ projectRoot, dataDir, durable = true, port: wantedPort }) {
  fs.mkdirSync(dataDir, { recursive: true });
  const user = postgresUser();
  const clusterDir = chooseClusterDir({ dataDir, user });
  const passwordFile = path.join(dataDir, 'postgres.password');
  const logFile = path.join(dataDir, 'postgres.log');

  const inherited = await readPostmaster(clusterDir);
  if (inherited !== undefined && fs.existsSync(passwordFile)) {
    return describe({ ...inherited, clusterDir, password: readPassword(passwordFile) });
  }
  if (inherited !== undefined) await endProcess({ pid: inherited.pid, signal: 'SIGINT', timeoutMs: 20_000 });

  const binaries = findPostgresBinaries({ projectRoot });
  const server = { binaries, user, clusterDir, passwordFile, logFile };
  if (!fs.existsSync(path.join(clusterDir, READY_MARK)) || !(await hasPassword({ ...server, dataDir }))) {
    await createCluster(server);
  }
  const { pid, port } = await boot({ ...server, durable, wantedPort });
  return describe({ pid, port, clusterDir, password: readPassword(passwordFile) });
}

/** Ends the server that runs on the data of `dataDir`, if one does. */
async function stopPostgresOf({ dataDir }) {
  const clusterDir = chooseClusterDir({ dataDir, user: postgresUser() });
  const running = await readPostmaster(clusterDir);
  if (running !== undefined) await endProcess({ pid: running.pid, signal: 'SIGINT', timeoutMs: 20_000 });
}

/** Ends the server of `dataDir` and removes its data, wherever they lie. */
export async function removePostgresOf({ dataDir }) {
  await stopPostgresOf({ dataDir });
  fs.rmSync(chooseClusterDir({ dataDir, user: postgresUser() }), { recursive: true, force: true });
}

/** Where the cluster of a data directory lies: inside it when the server's user can get there, else below /var/tmp. */
export function chooseClusterDir({ dataDir, user }) {
  const inside = path.join(path.resolve(dataDir), 'postgres');
  if (user === undefined || reachableByOthers(path.resolve(dataDir))) return inside;
  const key = createHash('sha256').update(fs.realpathSync(dataDir)).digest('hex').slice(0, 16);
  const home = path.join('/var/tmp', `baton-data-${key}`);
  if (fs.existsSync(home) && fs.lstatSync(home).uid !== process.getuid()) {
    throw new Error(`${home} belongs to somebody else; remove it, then start again.`);
  }
  return path.join(home, 'postgres');
}

function describe({ pid, port, clusterDir, password }) {
  return {
    url: `postgresql://postgres:${password}@localhost:${port}/${DATABASE}`,
    port,
    pid,
    clusterDir,
    // SIGINT is Postgres' fast shutdown: sessions are ended, data are checkpointed.
    stop: () => endProcess({ pid, signal: 'SIGINT', timeoutMs: 20_000 }),
  };
}

const readPassword = (file) => fs.readFileSync(file, 'utf8').trim();

/** Postgres writes process id, port and status to `postmaster.pid`; a file of a dead server is left to Postgres. */
async function readPostmaster(clusterDir) {
  const file = path.join(clusterDir, 'postmaster.pid');
  const deadline = Date.now() + 30_000;
  for (;;) {
    const lines = readLines(file);
    const pid = Number(lines[0]);
    if (!isRunning({ pid, commandLineHas: [clusterDir] })) return undefined;
    const status = lines[7]?.trim();
    if (status === 'ready') return { pid, port: Number(lines[3]) };
    if (status === 'stopping' || Date.now() > deadline) {
      await waitUntilGone({ pid, timeoutMs: 20_000 });
      return undefined;
    }
    await delay(25);
  }
}

function readLines(file) {
  try {
    return fs.readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function createCluster({ binaries, user, clusterDir, passwordFile, logFile }) {
  fs.rmSync(clusterDir, { recursive: true, force: true });
  fs.mkdirSync(clusterDir, { recursive: true, mode: 0o755 });
  fs.chmodSync(clusterDir, 0o700);
  const password = randomBytes(24).toString('hex');
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  // initdb reads the password as the server's user, who may not read ours.
  const handedOver = path.join(path.dirname(clusterDir), `initdb-${process.pid}.password`);
  fs.writeFileSync(handedOver, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) {
    fs.chownSync(clusterDir, user.uid, user.gid);
    fs.chownSync(handedOver, user.uid, user.gid);
  }
  const locale =
    binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C'];
  await runToEnd({
    command: path.join(binaries.binDir, 'initdb'),
    args: [
      ...['-D', clusterDir, '-U', 'postgres', '-E', 'UTF8', ...locale],
      ...['--auth=scram-sha-256', `--pwfile=${handedOver}`, '--no-sync', '--no-instructions'],
    ],
    user,
    cwd: clusterDir,
    logFile,
  }).finally(() => fs.rmSync(handedOver, { force: true }));
  await runSingle({ binaries, user, clusterDir, logFile, statement: `create database ${DATABASE}` });
  fs.writeFileSync(path.join(clusterDir, READY_MARK), '');
}

// Somebody removed the data directory, password and all. A cluster inside it is gone too, or it is still there because
// it matters, and gets a new password; one that lies elsewhere has lost its owner and makes room for a new one.
async function hasPassword({ dataDir, clusterDir, passwordFile, ...server }) {
  if (fs.existsSync(passwordFile)) return true;
  if (!clusterDir.startsWith(path.resolve(dataDir) + path.sep)) return false;
  const password = randomBytes(24).toString('hex');
  await runSingle({ ...server, clusterDir, statement: `alter role postgres password '${password}'` });
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  return true;
}

function runSingle({ binaries, user, clusterDir, logFile, statement }) {
  return runToEnd({
    command: path.join(binaries.binDir, 'postgres'),
    args: ['--single', '-D', clusterDir, 'postgres'],
    user,
    cwd: clusterDir,
    logFile,
    input: `${statement}\n`,
  });
}

async function boot({ binaries, user, clusterDir, logFile, durable, wantedPort }) {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await pickFreePort());
    const log = fs.openSync(logFile, 'a');
    const child = spawn(path.join(binaries.binDir, 'postgres'), settings({ clusterDir, port, durable }), {
      cwd: clusterDir,
      // Own process group: Ctrl-C in a terminal must not stop the database before its clients.
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      ...user,
    });
    fs.closeSync(log);
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', resolve);
    });
    child.unref();
    if (await becomesReady({ child, clusterDir, port, ended })) return { pid: child.pid, port };
    // The port may have been taken between picking and listening; everything else fails three times alike.
    if (attempt === 3) throw new Error(`Postgres did not start. Its last words: ${lastLines(logFile)}`);
  }
}

function settings({ clusterDir, port, durable }) {
  const values = {
    port,
    listen_addresses: 'localhost',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    logging_collector: 'off',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return ['-D', clusterDir, ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function becomesReady({ child, clusterDir, port, ended }) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  while (!gone && Date.now() < deadline) {
    const lines = readLines(path.join(clusterDir, 'postmaster.pid'));
    if (
      Number(lines[0]) === child.pid &&
      lines[7]?.trim() === 'ready' &&
      (await accepts({ host: 'localhost', port }))
    ) {
      return true;
    }
    await delay(10);
  }
  if (isAlive(child.pid)) await endProcess({ pid: child.pid, signal: 'SIGINT' });
  return false;
}

function lastLines(file) {
  return readLines(file)
    .filter((line) => line !== '')
    .slice(-5)
    .join(' | ');
}

function runToEnd({ command, args, user, cwd, logFile, input }) {
  return new Promise((resolve, reject) => {
    const log = fs.openSync(logFile, 'a');
    const stdio = [input === undefined ? 'ignore' : 'pipe', log, log];
    const child = spawn(command, args, { cwd, stdio, env: { PATH: process.env.PATH, TZ: 'UTC' }, ...user });
    fs.closeSync(log);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(command)} failed: ${lastLines(logFile)}`));
    });
    if (input !== undefined) child.stdin.end(input);
  });
}
