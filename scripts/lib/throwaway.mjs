// Throw-away Postgres and Redis for tests: free ports, data in a temporary directory, removed at the end.
// What a killed test run left behind is swept by the next one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { removePostgresOf, startPostgres } from './postgres.mjs';
import { isRunning } from './processes.mjs';
import { findOrInstallRedisServer, startRedis, stopRedisOf } from './redis.mjs';

const PREFIX = 'baton-test-';

/**
 * @param {{ projectRoot: string }} options
 * @returns {Promise<{ databaseUrl: string, redisUrl: string | undefined, stop(): Promise<void> }>} `redisUrl` is
 *   undefined where no Redis server can be had.
 */
export async function startThrowawayServers({ projectRoot }) {
  await sweep();
  const directory = makeThrowawayDirectory();
  const dataDir = path.join(directory, 'data');
  const [postgres, redis] = await Promise.all([
    startPostgres({ projectRoot, dataDir, durable: false }),
    findOrInstallRedisServer().then((server) =>
      server === undefined ? undefined : startRedis({ server, dataDir: path.join(dataDir, 'redis'), databases: 1_000 }),
    ),
  ]);
  return {
    databaseUrl: postgres.url,
    redisUrl: redis?.url,
    stop: async () => {
      await redis?.stop();
      await removePostgresOf({ dataDir });
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A new temporary directory that other users may enter (Postgres may run as one) and that a later run sweeps. */
export function makeThrowawayDirectory() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), PREFIX));
  fs.chmodSync(directory, 0o755);
  fs.writeFileSync(path.join(directory, 'owner.json'), JSON.stringify({ pid: process.pid }));
  return directory;
}

async function sweep() {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = path.join(os.tmpdir(), name);
    if (hasLivingOwner(directory)) continue;
    const dataDir = path.join(directory, 'data');
    if (fs.existsSync(dataDir))
      await Promise.all([removePostgresOf({ dataDir }), stopRedisOf({ dataDir: path.join(dataDir, 'redis') })]);
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function hasLivingOwner(directory) {
  try {
    const { pid } = JSON.parse(fs.readFileSync(path.join(directory, 'owner.json'), 'utf8'));
    return isRunning({ pid, commandLineHas: ['node'] });
  } catch {
    // No readable owner: just being made, unless it is old.
    return Date.now() - fs.statSync(directory).mtimeMs < 60_000;
  }
}
