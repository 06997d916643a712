/** Clocks, quantiles, CPU time and the counters of Postgres. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Sql } from 'postgres';
import type { Cost, Quantiles } from './protocol';

// Taken before an engine is loaded: ours shows workflow code the time of its execution instead.
const realNs = process.hrtime.bigint;

/** Milliseconds of the machine's monotonic clock: comparable between processes, and real inside workflow code. */
export const nowMs = (): number => Number(realNs()) / 1e6;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Runs `work(0)` to `work(n - 1)`, so many at a time. */
export async function runPool(n: number, concurrency: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < n) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, n) }, lane));
}

export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const ticksPerSecond = 100;

/** Fields of /proc/<pid>/stat from the state on; null where there is no such process or no /proc. */
function procStat(pid: number | string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

const seconds = (fields: readonly string[], ...positions: number[]): number =>
  positions.reduce((sum, position) => sum + Number(fields[position] ?? 0), 0) / ticksPerSecond;

/** CPU of a Postgres server: its main process, the children that ended, and those that live. */
function postgresCpuSeconds(pid: number): number | null {
  const main = procStat(pid);
  if (main === null) return null;
  let sum = seconds(main, 11, 12, 13, 14);
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const child = procStat(entry);
    if (child !== null && Number(child[1]) === pid) sum += seconds(child, 11, 12);
  }
  return sum;
}

/** CPU that the whole machine burnt. */
function machineCpuSeconds(): number | null {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + soft + steal) / ticksPerSecond;
  } catch {
    return null;
  }
}

export interface Snapshot {
  readonly atMs: number;
  readonly statements: number | null;
  readonly transactions: number;
  readonly walBytes: number;
  readonly workerCpu: number;
  readonly clientCpu: number;
  readonly postgresCpu: number | null;
  readonly machineCpu: number | null;
}

/**
 * Counters of this moment. Commits are counted by transaction ids: each transaction that writes gets one, and only
 * those wait for the disk.
 */
export async function snapshot(options: {
  readonly sql: Sql;
  readonly countsStatements: boolean;
  readonly postgresPid: number | null;
  readonly workerCpu: () => Promise<number>;
}): Promise<Snapshot> {
  const { sql, countsStatements, postgresPid } = options;
  const [counters] = await sql<{ transactions: string; wal: string }[]>`
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS transactions,
           (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text AS wal`;
  const [calls] = countsStatements
    ? await sql<{ calls: string }[]>`
        SELECT coalesce(sum(s.calls), 0)::text AS calls FROM pg_stat_statements s
        JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()`
    : [];
  return {
    atMs: nowMs(),
    statements: calls ? Number(calls.calls) : null,
    transactions: Number(counters?.transactions),
    walBytes: Number(counters?.wal),
    workerCpu: await options.workerCpu(),
    clientCpu: ownCpuSeconds(),
    postgresCpu: postgresPid === null ? null : postgresCpuSeconds(postgresPid),
    machineCpu: machineCpuSeconds(),
  };
}

/** What lies between two snapshots, for each of `n` executions. */
export function costBetween(before: Snapshot, after: Snapshot, n: number): Cost {
  const worker = after.workerCpu - before.workerCpu;
  const client = after.clientCpu - before.clientCpu;
  const postgres = difference(before.postgresCpu, after.postgresCpu);
  const machine = difference(before.machineCpu, after.machineCpu);
  const statements = difference(before.statements, after.statements);
  const wallSeconds = (after.atMs - before.atMs) / 1000;
  return {
    statements: statements === null ? null : round(statements / n, 3),
    commits: round((after.transactions - before.transactions) / n, 3),
    walBytes: Math.round((after.walBytes - before.walBytes) / n),
    workerCpuMs: round((worker * 1000) / n, 3),
    clientCpuMs: round((client * 1000) / n, 3),
    postgresCpuMs: postgres === null ? null : round((postgres * 1000) / n, 3),
    othersCpu:
      machine === null || postgres === null
        ? null
        : round(Math.max(0, machine - worker - client - postgres) / wallSeconds),
  };
}

const difference = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before;
