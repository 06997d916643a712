// `npm start`: from a fresh clone to a running product, and back to nothing on Ctrl-C.
// Runs on Node alone, since the packages may not be installed yet. See CONTRIBUTING.md for its settings.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, hashSources } from './lib/build.mjs';
import { ensureMigrated, ensureSeeded, requireReachable } from './lib/database.mjs';
import { watchLauncher } from './lib/launcher.mjs';
import { readOptions, requireNodeVersion } from './lib/options.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { isPortFree } from './lib/ports.mjs';
import { startProduct } from './lib/product.mjs';
import { leaveDataDir, markStopping, takeOverDataDir } from './lib/runFile.mjs';
import { authSecret } from './lib/secrets.mjs';
import { openDatabase, openRedis } from './lib/servers.mjs';
import { step } from './lib/steps.mjs';
import { UserError } from './lib/userError.mjs';

// Not import.meta.dirname: an old Node must get as far as being told that it is too old.
const projectRoot = fileURLToPath(new URL('..', import.meta.url));
const DEMO_ACCOUNTS = [
  ['alice@acme.test', 'requester'],
  ['mia@acme.test', 'manager'],
  ['omar@acme.test', 'administrator'],
  ['gus@globex.test', 'manager of another tenant'],
  ['pat@baton.test', 'platform operator'],
];

const runId = randomUUID();
/** What has to be stopped, last started first. */
const started = [];
let options;
let stopping;

/** Stops all that was started: web, workers, Redis, Postgres. */
function stop(exitCode) {
  stopping ??= (async () => {
    if (options !== undefined) markStopping({ dataDir: options.dataDir, runId, port: options.port });
    while (started.length > 0) await (await started.pop())?.stop();
    if (options !== undefined) leaveDataDir(options);
    process.exit(exitCode);
  })();
  return stopping;
}

/** Remembers something that has to be stopped from the moment its start begins. */
function track(promise) {
  started.push(promise.catch(() => undefined));
  return promise;
}

async function main() {
  requireNodeVersion(process.version);
  const wanted = readOptions({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() });
  await takeOverDataDir({ dataDir: wanted.dataDir, runId, port: wanted.port });
  options = wanted;
  await checkBeforeSlowWork(options);

  const logDir = path.join(options.dataDir, 'logs');
  fs.mkdirSync(logDir, { recursive: true });
  console.log(`Baton ${options.dev ? '(development)' : ''}`.trimEnd());

  await step('packages', () => ensurePackages({ projectRoot }));
  const sourceHash = hashSources({ projectRoot });
  const builds = options.dev
    ? undefined
    : step('build', () => ensureBuild({ projectRoot, sourceHash, logFile: path.join(logDir, 'build.log') }));
  // Its failure is reported where it is awaited.
  builds?.catch(() => undefined);

  const [database, redis] = await Promise.all([
    step('postgres', () => track(openDatabase({ options, projectRoot, say }))),
    step('redis', () => track(openRedis({ options, say }))),
  ]);
  if (redis.url === undefined) sayPostgresOnly();
  const env = childEnvironment({ database, redis });
  await step('migrations', () => ensureMigrated({ projectRoot, url: database.url, env }));
  const { dataDir, demo } = options;
  await step('seed', () => ensureSeeded({ projectRoot, url: database.url, env, dataDir, demo, sourceHash }));
  await builds;

  const { port } = options;
  const run = { pid: process.pid, runId, port, databaseUrl: database.url, redisUrl: redis.url ?? null };
  await step('web, worker', async () => {
    if (stopping !== undefined) return stopping;
    const product = startProduct({ projectRoot, options, env, run, logDir, say });
    started.push(Promise.resolve(product));
    if (await product.ready()) return `${options.workers} worker${options.workers === 1 ? '' : 's'}`;
    throw new UserError(`The product did not become healthy in a minute; see ${logDir}.`);
  });
  greet({ logDir });
}

async function checkBeforeSlowWork({ port, databaseUrl, redisUrl, redisOff }) {
  if (!(await isPortFree(port))) {
    throw new UserError(`Port ${port} is taken by another program; choose another one: PORT=${port + 1} npm start`);
  }
  if (databaseUrl !== undefined) await requireReachable({ name: 'DATABASE_URL', url: databaseUrl, defaultPort: 5432 });
  if (redisUrl !== undefined && !redisOff) {
    await requireReachable({ name: 'REDIS_URL', url: redisUrl, defaultPort: 6379 });
  }
}

function childEnvironment({ database, redis }) {
  const address = `http://localhost:${options.port}`;
  const { REDIS_URL: _given, ...inherited } = process.env;
  return {
    ...inherited,
    TZ: 'UTC',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(options.port),
    DATA_DIR: options.dataDir,
    DATABASE_URL: database.url,
    ...(redis.url !== undefined && { REDIS_URL: redis.url }),
    ...(options.demo && { BATON_DEMO: '1' }),
    AUTH_SECRET: authSecret({ given: process.env.AUTH_SECRET, dataDir: options.dataDir }),
    AUTH_URL: process.env.AUTH_URL ?? address,
    AUTH_TRUST_HOST: process.env.AUTH_TRUST_HOST ?? 'true',
    BATON_RUN_ID: runId,
  };
}

function say(line) {
  if (stopping === undefined) console.log(`  ${line}`);
}

function sayPostgresOnly() {
  console.log('\n  !! No Redis: Baton runs on Postgres alone. Nothing is lost by it, but waiting work is found by');
  console.log('  !! polling and wakes up to a quarter of a second later. Install redis-server or set REDIS_URL.\n');
}

function greet({ logDir }) {
  console.log(`\n  Baton runs at http://localhost:${options.port}`);
  if (options.demo) {
    console.log('\n  Demo accounts, password "demo":');
    for (const [email, role] of DEMO_ACCOUNTS) console.log(`    ${email.padEnd(18)} ${role}`);
  }
  console.log(`\n  Logs are in ${path.relative(process.cwd(), logDir) || '.'}. Ctrl-C stops everything.`);
}

process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(130));
process.on('SIGHUP', () => void stop(0));
watchLauncher({ onGone: () => void stop(0) });

try {
  await main();
} catch (error) {
  if (stopping === undefined) console.error(error instanceof UserError ? error.message : error);
  await stop(1);
}
