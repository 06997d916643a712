import { readFileSync } from 'node:fs';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** One lock for all who migrate a database at the same time; the number only has to be ours. */
const MIGRATION_LOCK = 4_021_968_331;

/**
 * Applies the migrations of `folder` that the database does not have yet. Safe to call from several processes at once:
 * one migrates, the others wait and then find nothing to do.
 * @throws when the database ends with fewer migrations than the folder has: Drizzle leaves out, silently, a migration
 *   that is dated before one already applied (two branches merged in the other order).
 */
export async function migrateDatabase({
  url,
  folder,
}: {
  readonly url: string;
  readonly folder: string;
}): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: folder });
    const [row] = await client<{ count: number }[]>`select count(*)::int as count from drizzle.__drizzle_migrations`;
    const expected = readJournal(folder).length;
    if (row === undefined || row.count < expected) {
      throw new Error(
        `The database has ${row?.count ?? 0} of ${expected} migrations: one is dated before its predecessor in ${folder}.`,
      );
    }
  } finally {
    await client.end();
  }
}

/** Names of the migrations in a folder, oldest first. */
export function readJournal(folder: string): readonly string[] {
  const journal: unknown = JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8'));
  const { entries } = journal as { readonly entries: readonly { readonly tag: string }[] };
  return entries.map((entry) => entry.tag);
}
