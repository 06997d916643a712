/** A site for one test file: its database and its Redis are made for it and thrown away. */
import { createTestDatabase, testRedisUrl } from '../../../db/testing/testDatabase';
import { openSite, type Site, type SiteOptions } from './openSite';

export type { Site } from './openSite';

/** For one test: these wait for processes, on machines that may have other things to do. */
export const patienceMs = 180_000;

export async function createSite(options: SiteOptions & { readonly redisUrl?: string } = {}): Promise<Site> {
  const database = await createTestDatabase();
  const redisUrl = options.redisUrl ?? (await testRedisUrl());
  const site = await openSite({ databaseUrl: database.url, redisUrl }, options);
  return {
    ...site,
    close: async () => {
      try {
        await site.close();
      } finally {
        await database.drop();
      }
    },
  };
}
