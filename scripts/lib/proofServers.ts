/** Throw-away servers, and databases with all migrations applied, for commands that attack real processes. */
import path from 'node:path';
import { createDatabaseFrom, ensureTemplateDatabase } from '../../lib/db/testing/templateDatabase';
import { openSite, type Site, type SiteOptions } from '../../lib/workflow/testing/processes/openSite';
import { startThrowawayServers } from './throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Runs work on a site of its own, with Postgres and Redis that are gone afterwards. */
export async function withSite<T>(options: SiteOptions, work: (site: Site) => Promise<T>): Promise<T> {
  const servers = await startThrowawayServers({ projectRoot });
  try {
    if (servers.redisUrl === undefined) throw new Error('No Redis server: install redis-server.');
    const serverUrl = servers.databaseUrl;
    const template = await ensureTemplateDatabase({ serverUrl, migrationsFolder: path.join(projectRoot, 'drizzle') });
    const database = await createDatabaseFrom({ serverUrl, template });
    const site = await openSite({ databaseUrl: database.url, redisUrl: servers.redisUrl }, options);
    try {
      return await work(site);
    } finally {
      await site.close();
    }
  } finally {
    await servers.stop();
  }
}
