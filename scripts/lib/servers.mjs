// The servers a start needs: those given by address, else own ones.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from './postgres.mjs';
import { isAlive } from './processes.mjs';
import { findOrInstallRedisServer, startRedis } from './redis.mjs';

const WATCH_EVERY_MS = 1_000;

/**
 * @returns {Promise<{ url: string, note: string, stop(): Promise<void> }>}
 */
export async function openDatabase({ options, projectRoot, say }) {
  if (options.databaseUrl !== undefined) {
    return { url: options.databaseUrl, note: `at ${new URL(options.databaseUrl).host}`, stop: () => Promise.resolve() };
  }
  const start = (port) => startPostgres({ projectRoot, dataDir: options.dataDir, port });
  const server = await start();
  return {
    url: server.url,
    note: `own server, port ${server.port}`,
    stop: keepAlive({ name: 'Postgres', server, start, say }),
  };
}

/**
 * @returns {Promise<{ url: string | undefined, note: string, stop(): Promise<void> }>} without a server `url` is
 *   undefined: the product then runs on Postgres alone.
 */
export async function openRedis({ options, say }) {
  const none = { url: undefined, note: 'none', stop: () => Promise.resolve() };
  if (options.redisOff) return { ...none, note: 'off (BATON_REDIS=off)' };
  if (options.redisUrl !== undefined)
    return { ...none, url: options.redisUrl, note: `at ${new URL(options.redisUrl).host}` };
  const program = await findOrInstallRedisServer();
  if (program === undefined) return none;
  const dataDir = path.join(options.dataDir, 'redis');
  const start = (port, password) => startRedis({ server: program, dataDir, port, password });
  const server = await start();
  return {
    url: server.url,
    note: `own server, port ${server.port}`,
    stop: keepAlive({ name: 'Redis', server, start, say }),
  };
}

// A server of ours that dies is started again at the same address, since its clients only know that one.
function keepAlive({ name, server, start, say }) {
  let current = server;
  let stopping = false;
  const watch = (async () => {
    while (!stopping) {
      await delay(WATCH_EVERY_MS, undefined, { ref: false });
      if (stopping || isAlive(current.pid)) continue;
      say(`${name} (process ${current.pid}) ended; starting it again`);
      try {
        current = await start(server.port, server.password);
      } catch (error) {
        say(error.message);
      }
    }
  })();
  return async () => {
    stopping = true;
    await Promise.race([watch, delay(2 * WATCH_EVERY_MS)]);
    await current.stop();
  };
}
