// A Redis server that one test file may stop, freeze and flush. Tests that only use Redis share the run's server.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';

export interface OwnRedisServer {
  readonly url: string;
  /** Starts it (again) on the same port, empty. */
  start(): Promise<void>;
  /** Kills it. */
  stop(): Promise<void>;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
  /** Stops it from answering without closing a connection. */
  freeze(): void;
  thaw(): void;
  flush(): Promise<void>;
  /** Runs commands of a test over a connection of its own. */
  withClient<T>(work: (client: Redis) => Promise<T>): Promise<T>;
}

const program = ['valkey-server', 'redis-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** False where no Redis server is installed, so that a suite that needs its own can be left out. */
export const canRunOwnRedis = program !== undefined;

/** @param options.cluster Runs it as a Redis Cluster of one node, which refuses commands across hash slots. */
export async function createOwnRedisServer({ cluster = false } = {}): Promise<OwnRedisServer> {
  for (let tries = 1; ; tries += 1) {
    const server = serverOn(await freePort(), cluster);
    try {
      await server.start();
      return server;
    } catch (error) {
      // Somebody was faster to take the port.
      await server.remove();
      if (tries === 5) throw error;
    }
  }
}

function serverOn(port: number, cluster: boolean): OwnRedisServer {
  if (program === undefined) throw new Error('No Redis server: install redis-server.');
  const directory = mkdtempSync(path.join(os.tmpdir(), 'baton-redis-'));
  const url = `redis://localhost:${port}`;
  let child: ChildProcess | undefined;

  const withClient = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    // Waits for a server that is starting, however slowly.
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  };

  const server: OwnRedisServer = {
    url,
    withClient,
    start: async () => {
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '-::1', '--save', '', '--appendonly', 'no'];
      const clusterSettings = cluster ? ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] : [];
      child = spawn(program, [...settings, '--dir', directory, ...clusterSettings], { stdio: 'ignore' });
      const ended = once(child, 'exit').then(() => {
        throw new Error(`The Redis server on port ${port} ended at once.`);
      });
      const answered = withClient(async (client) => {
        if (cluster) await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383').catch(() => undefined);
        await client.ping();
      });
      ended.catch(() => undefined);
      answered.catch(() => undefined);
      await Promise.race([answered, ended]);
    },
    stop: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    remove: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    flush: () => withClient((client) => client.flushall()).then(() => undefined),
  };
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
