/** Throw-away servers, and databases with all migrations applied, for commands that attack real processes. */
import path from 'node:path';
import { createDatabaseFrom, ensureTemplateDatabase } from '../../lib/db/testing/templateDatabase';
import { openSite, type Site, type SiteOptions } from '../../lib/workflow/testing/processes/openSite';
import { startThrowawayServers } from './throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

interface ServerUrls {
  readonly databaseUrl: string;
  /** Undefined where no Redis server can be had. */
  readonly redisUrl: string | undefined;
}

/** Runs work on a database of its own, on a Postgres that is gone afterwards. */
export async function withDatabase<T>(work: (urls: ServerUrls) => Promise<T>): Promise<T> {
  const servers = await startThrowawayServers({ projectRoot });
  try {
    const serverUrl = servers.databaseUrl;
    const template = await ensureTemplateDatabase({ serverUrl, migrationsFolder: path.join(projectRoot, 'drizzle') });
    const database = await createDatabaseFrom({ serverUrl, template });
    return await work({ databaseUrl: database.url, redisUrl: servers.redisUrl });
  } finally {
    await servers.stop();
  }
}

/** Runs work on a site of its own, with Postgres and Redis that are gone afterwards. */
export function withSite<T>(options: SiteOptions, work: (site: Site) => Promise<T>): Promise<T> {
  return withDatabase(async ({ databaseUrl, redisUrl }) => {
    if (redisUrl === undefined) throw new Error('No Redis server: install redis-server.');
    const site = await openSite({ databaseUrl, redisUrl }, options);
    try {
      return await work(site);
    } finally {
      await site.close();
    }
  });
}
