/** `npm run bench -- inbox`: how long each view and filter takes with 100,000 tasks in a tenant. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchServers } from '../servers';
import { inboxAimMs, type InboxConfig, type InboxLine } from './protocol';

const clientScript = fileURLToPath(new URL('./client.ts', import.meta.url));
const usualTasks = 100_000;

export async function benchInbox(servers: BenchServers, n: number | null): Promise<readonly InboxLine[]> {
  const { databaseUrl, drop } = await servers.openCase({ withTables: true });
  try {
    return await runClient({ databaseUrl, tasks: n ?? usualTasks });
  } finally {
    await drop();
  }
}

function runClient(config: InboxConfig): Promise<readonly InboxLine[]> {
  const { PATH, HOME, NODE_ENV } = process.env;
  const client = fork(clientScript, [JSON.stringify(config)], {
    execArgv: ['--import', 'tsx'],
    env: { PATH, HOME, NODE_ENV, TZ: 'UTC', DATABASE_URL: config.databaseUrl },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    client.once('message', (message) => resolve(message as readonly InboxLine[]));
    client.once('exit', (code, signal) =>
      reject(new Error(`The reader of the inbox ended early (${signal ?? code}).`)),
    );
  });
}

/** The lines for people: the slowest first, and how many are within the aim. */
export function inboxTable(lines: readonly InboxLine[]): string {
  const within = lines.filter(({ ours }) => ours <= inboxAimMs).length;
  return [
    `inbox  ${within} of ${lines.length} views and filters within ${inboxAimMs} ms, medians of the server`,
    ...lines
      .toSorted((a, b) => b.ours - a.ours)
      .map(
        ({ view, what, ours, floor, rows, indexes }) =>
          `    ${ours.toFixed(1).padStart(7)} ms  ${view} ${what}: ${rows} rows by ${indexes.join(', ')} (floor ${floor})`,
      ),
    ...lines.flatMap(({ violations }) => violations.map((text) => `    VIOLATION ${text}`)),
  ].join('\n');
}
