import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { migrateDatabase, readJournal } from '../migrateDatabase';

/** Serialises those who make the template on one server at the same time. */
const TEMPLATE_LOCK = 4_021_968_332;

/**
 * Makes sure that the server has a database with all migrations applied, to copy test databases from. It is named
 * after the content of the migrations: an edited migration gives another template.
 * @returns the template's name.
 */
export async function ensureTemplateDatabase({
  serverUrl,
  migrationsFolder,
}: {
  readonly serverUrl: string;
  readonly migrationsFolder: string;
}): Promise<string> {
  const name = `baton_template_${hashMigrations(migrationsFolder)}`;
  const client = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(${TEMPLATE_LOCK})`;
    const known = await client`select 1 from pg_database where datname = ${name}`;
    if (known.length > 0) return name;
    // Migrated under another name, so that a run cut short leaves no half-made template.
    const draft = `baton_draft_${randomUUID().replaceAll('-', '')}`;
    await client`create database ${client(draft)}`;
    await migrateDatabase({ url: urlOfDatabase({ serverUrl, database: draft }), folder: migrationsFolder });
    await client`alter database ${client(draft)} rename to ${client(name)}`;
    return name;
  } finally {
    await client.end();
  }
}

/** A database with all migrations applied, of a caller's own: a copy of the template, some ten milliseconds. */
export async function createDatabaseFrom({
  serverUrl,
  template,
}: {
  readonly serverUrl: string;
  readonly template: string;
}): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(database)} template ${sql(template)}`);
  return {
    url: urlOfDatabase({ serverUrl, database }),
    drop: async () => {
      await onServer(serverUrl, (sql) => sql`drop database if exists ${sql(database)} with (force)`);
    },
  };
}

async function onServer(serverUrl: string, statement: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await statement(sql);
  } finally {
    await sql.end();
  }
}

/** The same server, user and password, another database. */
export function urlOfDatabase({
  serverUrl,
  database,
}: {
  readonly serverUrl: string;
  readonly database: string;
}): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

function hashMigrations(folder: string): string {
  const hash = createHash('sha256');
  for (const tag of readJournal(folder)) hash.update(tag).update(readFileSync(path.join(folder, `${tag}.sql`)));
  return hash.digest('hex').slice(0, 16);
}
