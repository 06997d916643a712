// The whole product for the journeys, started the way a newcomer starts it, on throw-away data and a free port.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pickFreePort } from './ports.mjs';
import { removePostgresOf } from './postgres.mjs';
import { makeThrowawayDirectory } from './throwaway.mjs';
import { UserError } from './userError.mjs';

const SHOWN_LOG_CHARACTERS = 4_000;

/**
 * @returns {Promise<{ url: string, runFile: string, showLogs(): void, stop(): Promise<void> }>}
 * @throws UserError with the starter's own words when it does not come up.
 */
export async function startThrowawayProduct({ projectRoot, env }) {
  const directory = makeThrowawayDirectory();
  const dataDir = path.join(directory, 'data');
  const runFile = path.join(dataDir, 'run.json');
  const port = await pickFreePort();
  const child = spawn(process.execPath, [path.join('scripts', 'start.mjs')], {
    cwd: projectRoot,
    env: { ...withoutServers(env), PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const output = collect(child);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await removePostgresOf({ dataDir });
    fs.rmSync(directory, { recursive: true, force: true });
  };
  const up = await Promise.race([output.has('Ctrl-C stops everything'), ended.then(() => false)]);
  if (!up) {
    showLogs(dataDir);
    fs.rmSync(directory, { recursive: true, force: true });
    throw new UserError(`The product did not start:\n${output.text()}`);
  }
  return { url: `http://localhost:${port}`, runFile, showLogs: () => showLogs(dataDir), stop };
}

// The journeys run on own servers, whatever the shell points at.
function withoutServers({ DATABASE_URL: _database, REDIS_URL: _redis, ...env }) {
  return env;
}

function collect(child) {
  let text = '';
  const waiting = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      text += part;
      for (const { wanted, resolve } of waiting) if (text.includes(wanted)) resolve(true);
    });
  }
  return { text: () => text, has: (wanted) => new Promise((resolve) => waiting.push({ wanted, resolve })) };
}

function showLogs(dataDir) {
  const logDir = path.join(dataDir, 'logs');
  if (!fs.existsSync(logDir)) return;
  for (const name of fs.readdirSync(logDir)) {
    if (name === 'build.log') continue;
    console.log(`--- ${name}\n${fs.readFileSync(path.join(logDir, name), 'utf8').slice(-SHOWN_LOG_CHARACTERS)}`);
  }
}
