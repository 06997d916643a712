/**
 * `npm run bench`: the engine beside two floors of bare inserts, on the same throw-away servers, taking turns. Only
 * ratios within one run mean anything on a machine that others use too.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { orUsage } from '../scripts/lib/commandOptions';
import { parseOptions, usage, type BenchOptions } from './options';
import { parked, subjects, type CaseConfig, type CaseResult, type SubjectName, type Workload } from './protocol';
import { benchInbox, inboxTable } from './inbox/index';
import { benchPages } from './pages/index';
import { pagesTable } from './pages/lines';
import { lineOf, tableOf, unitOf } from './report';
import { startBenchServers, type BenchServers } from './servers';

const clientScript = fileURLToPath(new URL('./client.ts', import.meta.url));

async function main(): Promise<void> {
  const options = orUsage(usage, parseOptions);
  const say = (text: string): void => void (options.json || process.stdout.write(`${text}\n`));
  if (options.pages) await lookAtPages(options, say);
  if (options.workloads.length > 0 || options.inbox) await measure(options, say);
}

async function lookAtPages({ rounds, device }: BenchOptions, say: (text: string) => void): Promise<void> {
  const lines = await benchPages({ rounds, device, say });
  say(pagesTable(lines));
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  if (lines.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}

async function measure(options: BenchOptions, say: (text: string) => void): Promise<void> {
  const servers = await startBenchServers();
  try {
    const { concurrency, workers } = options;
    const redis = options.redis ? (servers.settings.redis ?? 'none') : 'none';
    const settings = { ...servers.settings, redis, concurrency, workers };
    say(`Settings: ${JSON.stringify(settings)}`);
    const lines = [];
    for (const workload of options.workloads) {
      const rounds = [];
      const isLong = workload === 'W4' || workload === parked;
      // What takes its time has numbers that are medians of hundreds.
      for (let index = 0; index < (isLong ? 1 : options.rounds); index += 1) {
        rounds.push(await runRound(servers, options, workload, say));
      }
      lines.push(lineOf(workload, rounds));
    }
    for (const line of lines) say(tableOf(line));
    const inbox = options.inbox ? await benchInbox(servers, options.n) : [];
    if (options.inbox) say(inboxTable(inbox));
    for (const line of [...lines, ...inbox]) process.stdout.write(`${JSON.stringify({ ...line, settings })}\n`);
    if ([...lines, ...inbox].some((line) => line.violations.length > 0)) process.exitCode = 1;
  } finally {
    await servers.stop();
  }
}

async function runRound(
  servers: BenchServers,
  options: BenchOptions,
  workload: Workload,
  say: (text: string) => void,
): Promise<Record<SubjectName, CaseResult>> {
  const results = new Map<SubjectName, CaseResult>();
  for (const subject of subjects) {
    const result = await runCase(servers, options, workload, subject);
    say(`  ${workload} ${subject.padEnd(10)} ${result.value} ${unitOf[workload]}`);
    results.set(subject, result);
  }
  return Object.fromEntries(results) as Record<SubjectName, CaseResult>;
}

async function runCase(
  servers: BenchServers,
  { n, concurrency, latencySamples, workers, redis, profileDir }: BenchOptions,
  workload: Workload,
  subject: SubjectName,
): Promise<CaseResult> {
  const isOurs = subject === 'ours';
  const { databaseUrl, redisUrl, drop } = await servers.openCase({ withTables: isOurs });
  const config: CaseConfig = {
    subject,
    workload,
    n: n ?? sizeOf(workload, subject),
    concurrency,
    latencySamples,
    workers: isOurs ? workers : 1,
    databaseUrl,
    redisUrl: redis ? redisUrl : null,
    postgresPid: process.platform === 'linux' ? servers.postgresPid : null,
    profileDir: isOurs ? profileDir : null,
  };
  try {
    return await runClient(config);
  } finally {
    await drop();
  }
}

/** The floors have no memory to fill: how many they resume a second is known sooner. */
const sizeOf = (workload: Workload, subject: SubjectName): number =>
  workload === parked && subject === 'ours' ? 100_000 : 10_000;

/** Client and worker know of the environment what an installation must set, and nothing else of the product's. */
function runClient(config: CaseConfig): Promise<CaseResult> {
  const { PATH, HOME, NODE_ENV } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, HOME, NODE_ENV, TZ: 'UTC', DATABASE_URL: config.databaseUrl };
  if (config.redisUrl !== null) env.REDIS_URL = config.redisUrl;
  const client = fork(clientScript, [JSON.stringify(config)], {
    execArgv: ['--import', 'tsx'],
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    client.once('message', (message) => resolve(message as CaseResult));
    client.once('exit', (code, signal) =>
      reject(new Error(`The client of ${config.workload} ${config.subject} ended early (${signal ?? code}).`)),
    );
  });
}

await main();
