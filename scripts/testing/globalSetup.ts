// Runs once before the integration tests: servers from TEST_DATABASE_URL and TEST_REDIS_URL, or throw-away ones where
// they are not given, and the migrated template that test databases are copied from.
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import '../../lib/db/testing/testDatabase';
import { ensureTemplateDatabase } from '../../lib/db/testing/templateDatabase';
import { startThrowawayServers } from '../lib/throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const servers =
    given === undefined
      ? await startThrowawayServers({ projectRoot })
      : { databaseUrl: given, redisUrl: process.env.TEST_REDIS_URL, stop: () => Promise.resolve() };
  try {
    const template = await ensureTemplateDatabase({
      serverUrl: servers.databaseUrl,
      migrationsFolder: path.join(projectRoot, 'drizzle'),
    });
    project.provide('testServerUrl', servers.databaseUrl);
    project.provide('testTemplateDatabase', template);
    project.provide('testRedisServerUrl', process.env.TEST_REDIS_URL ?? servers.redisUrl ?? '');
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return () => servers.stop();
}
