// Checks, migrates and seeds the database of a start.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runNode } from './children.mjs';
import { accepts } from './ports.mjs';
import { UserError } from './userError.mjs';

/** A first look that needs no packages: does anything listen where the address points? */
export async function requireReachable({ name, url, defaultPort }) {
  const { hostname, port } = new URL(url);
  if (
    hostname === '' ||
    (await accepts({ host: unbracket(hostname), port: Number(port || defaultPort), timeoutMs: 5_000 }))
  )
    return;
  throw new UserError(`Nothing answers at ${hostname}:${port || defaultPort}, where ${name} points.`);
}

const unbracket = (hostname) => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Applies the migrations the database lacks. A process is started for it only when there are any.
 * @returns {Promise<string>} what was done.
 * @throws UserError when the database refuses the connection.
 */
export async function ensureMigrated({ projectRoot, url, env }) {
  const applied = await withClient({ projectRoot, url }, readAppliedHashes);
  const wanted = readMigrationHashes(path.join(projectRoot, 'drizzle'));
  const pending = wanted.filter((hash) => !applied.has(hash)).length;
  if (pending === 0) return 'up to date';
  await runScript({ projectRoot, script: 'scripts/migrate.ts', env });
  return `${pending} applied`;
}

/**
 * Stores what the product needs in its database (forms, task definitions, workflows), for a demo its people and
 * invoices as well. The seed itself may be run again and again; it is left out when these very sources have already
 * seeded this very database.
 */
export async function ensureSeeded({ projectRoot, url, env, dataDir, demo, sourceHash }) {
  const identity = await withClient({ projectRoot, url }, async (sql) => {
    const [row] = await sql`
      select (select system_identifier from pg_control_system())::text as cluster, oid::text as database
      from pg_database where datname = current_database()`;
    return `${row.cluster} ${row.database} ${sourceHash} ${demo ? 'demo' : 'production'}`;
  });
  const stampFile = path.join(dataDir, 'seeded');
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === identity) return 'up to date';
  await runScript({ projectRoot, script: 'scripts/seed.ts', env });
  fs.writeFileSync(stampFile, identity);
  return demo ? 'demo data' : 'forms and workflows';
}

async function readAppliedHashes(sql) {
  const [{ known }] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as known`;
  const rows = known ? await sql`select hash from drizzle.__drizzle_migrations` : [];
  return new Set(rows.map((row) => row.hash));
}

// The way Drizzle hashes a migration: the whole file.
function readMigrationHashes(folder) {
  const { entries } = JSON.parse(fs.readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8'));
  return entries.map(({ tag }) =>
    createHash('sha256')
      .update(fs.readFileSync(path.join(folder, `${tag}.sql`), 'utf8'))
      .digest('hex'),
  );
}

async function withClient({ projectRoot, url }, work) {
  // Loaded late: before this step the packages may not be installed.
  const entry = createRequire(path.join(projectRoot, 'package.json')).resolve('postgres');
  const { default: postgres } = await import(pathToFileURL(entry).href);
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    await sql`select 1`;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw new UserError(`The database that DATABASE_URL names does not let us in: ${error.message}.`);
  }
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

async function runScript({ projectRoot, script, env }) {
  const { code, output } = await runNode({ args: ['--import', 'tsx', script], cwd: projectRoot, env });
  if (code !== 0) throw new UserError(`${script} failed:\n${output.trim().slice(-4_000)}`);
}
