/** Servers that a chaotic day may stop: an own Postgres that restarts at its address, an own Redis. */
import fs from 'node:fs';
import path from 'node:path';
import { createDatabaseFrom, ensureTemplateDatabase } from '../../lib/db/testing/templateDatabase';
import { createOwnRedisServer } from '../../lib/redis/testing/ownRedisServer';
import { chaosDay, type ChaosReport } from '../../lib/workflow/testing/processes/chaosDay';
import { redisPrefix } from '../../lib/workflow';
import { chaosOrder } from '../../lib/workflow/testing/processes/chaosOrder';
import { tenant } from '../../lib/workflow/testing/processes/load';
import { openSite } from '../../lib/workflow/testing/processes/openSite';
import { ensureBuild, hashSources } from './build.mjs';
import { removePostgresOf, startPostgres } from './postgres.mjs';
import { makeThrowawayDirectory } from './throwaway.mjs';
import type { WebKind } from './webServers';
import { openWeb } from './webUnderAttack';

const projectRoot = path.resolve(import.meta.dirname, '../..');

export async function runChaosDay(options: {
  readonly durationMs: number;
  readonly workers: number;
  readonly rate: number;
  readonly web: WebKind;
}): Promise<ChaosReport> {
  const directory = makeThrowawayDirectory();
  const dataDir = path.join(directory, 'data');
  if (options.web === 'Next') {
    await ensureBuild({
      projectRoot,
      sourceHash: hashSources({ projectRoot }),
      logFile: path.join(directory, 'build.log'),
    });
  }
  // With fsync, as in production: what was answered must be there after a restart.
  let server = await startPostgres({ projectRoot, dataDir, durable: true });
  const redis = await createOwnRedisServer();
  try {
    const template = await ensureTemplateDatabase({
      serverUrl: server.url,
      migrationsFolder: path.join(projectRoot, 'drizzle'),
    });
    const database = await createDatabaseFrom({ serverUrl: server.url, template });
    const site = await openSite(
      { databaseUrl: database.url, redisUrl: redis.url },
      // The web server tells the workers, as the product does.
      { workers: options.workers, answersTasks: false, redisPrefix },
    );
    let web: Awaited<ReturnType<typeof openWeb>> | null = null;
    try {
      web = await openWeb({
        kind: options.web,
        sql: site.sql,
        databaseUrl: database.url,
        redisUrl: redis.url,
        tenant,
        workflow: chaosOrder.name,
      });
      return await chaosDay({
        site,
        web,
        redis,
        restartPostgres: async () => {
          const { port } = server;
          await server.stop();
          server = await startPostgres({ projectRoot, dataDir, durable: true, port });
        },
        durationMs: options.durationMs,
        rate: options.rate,
      });
    } finally {
      web?.close();
      await site.close();
    }
  } finally {
    await redis.remove();
    await removePostgresOf({ dataDir });
    fs.rmSync(directory, { recursive: true, force: true });
  }
}
