// What a running product leaves on disk about itself, in the data directory, readable by its owner alone:
//   starter.json  who started it; written first, so that one data directory has one starter at a time
//   run.json      address, database, processes; kept current, so that tools and tests can find the running system
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLineOf, endProcess, isAlive, isRunning } from './processes.mjs';
import { UserError } from './userError.mjs';

const starterFile = (dataDir) => path.join(dataDir, 'starter.json');
const runFile = (dataDir) => path.join(dataDir, 'run.json');

/**
 * Makes this process the starter of the data directory, and ends what a killed one left behind.
 * @throws UserError while another starter is alive and means to stay.
 */
export async function takeOverDataDir({ dataDir, runId, port }) {
  fs.mkdirSync(dataDir, { recursive: true });
  const previous = readJson(starterFile(dataDir));
  if (previous !== undefined) await waitForEndOf({ dataDir, previous });
  const run = readJson(runFile(dataDir));
  if (run !== undefined) await endOrphans(run);
  fs.rmSync(runFile(dataDir), { force: true });
  writeJson(starterFile(dataDir), { pid: process.pid, runId, port });
}

/** Tells the next starter that this one is about to be gone. */
export function markStopping({ dataDir, runId, port }) {
  writeJson(starterFile(dataDir), { pid: process.pid, runId, port, stopping: true });
}

/** Writes the current picture of the running system. */
export function writeRun({ dataDir, run }) {
  writeJson(runFile(dataDir), run);
}

/** Removes both files: nothing runs here any more. */
export function leaveDataDir({ dataDir }) {
  fs.rmSync(runFile(dataDir), { force: true });
  fs.rmSync(starterFile(dataDir), { force: true });
}

const isStarter = (pid) => isRunning({ pid, commandLineHas: ['start.mjs'] });

// A starter whose terminal or npm was killed notices within a second and stops; that second is granted.
async function waitForEndOf({ dataDir, previous }) {
  let deadline = Date.now() + 1_500;
  while (isStarter(previous.pid) && Date.now() < deadline) {
    const current = readJson(starterFile(dataDir));
    if (current?.stopping) deadline = Math.max(deadline, Date.now() + 30_000);
    await delay(50);
  }
  if (isStarter(previous.pid)) {
    throw new UserError(
      `Port ${previous.port} is taken by Baton itself, which already runs on ${dataDir} (process ${previous.pid}): stop ` +
        `it first, or start a second one with PORT=${previous.port + 1} DATA_DIR=.data-2.`,
    );
  }
}

async function endOrphans(run) {
  const pids = [run.webPid, ...(run.workers ?? []).map((worker) => worker.pid)].filter(Number.isInteger);
  await Promise.all(pids.filter((pid) => belongsTo({ pid, runId: run.runId })).map((pid) => endProcess({ pid })));
}

// The run's id stands in the environment of each of its processes, which no other process can show.
function belongsTo({ pid, runId }) {
  if (!isAlive(pid)) return false;
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`BATON_RUN_ID=${runId}`);
  } catch {
    return process.platform !== 'linux' && /next|worker/.test(commandLineOf(pid));
  }
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

// Renamed into place: a reader never sees half a file.
function writeJson(file, value) {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(draft, file);
}
