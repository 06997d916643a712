// Shared helpers: config from the environment, clocks, quantiles, CPU and Postgres counters.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { execFileSync } from 'node:child_process';
const e = process.env;
export const PGPORT = +(e.BENCH_PGPORT ?? 55432),
  RPORT = +(e.BENCH_REDISPORT ?? 56379);
export const RUN = e.PEERS_RUN ?? path.join(os.tmpdir(), 'peers-run');
export const adminUrl = `postgresql://postgres@127.0.0.1:${PGPORT}/postgres`;
export const dbUrl = (db) => `postgresql://postgres@127.0.0.1:${PGPORT}/${db}`;
export function config(peer) {
  const db = `bench_${peer.replace(/\W/g, '_')}`;
  return {
    peer,
    db,
    url: dbUrl(db),
    rport: RPORT,
    run: RUN,
    conc: +(e.CONC ?? 32), // client-side concurrency of submits/signals
    wconc: +(e.WCONC ?? 64), // worker concurrency where the peer has such a knob
    pool: +(e.POOL ?? 20), // DB connections per process where the peer has such a knob
    poll: +(e.POLL_MS ?? 20), // polling interval where the peer has such a knob
    fan: +(e.FAN ?? 100),
    rounds: +(e.ROUNDS ?? 1000),
    latN: +(e.LAT_N ?? 200),
    latCap: +(e.LAT_CAP_S ?? 20) * 1000,
    sync: e.SYNC ?? 'on',
  };
}
export const now = () => Number(process.hrtime.bigint()) / 1e6; // CLOCK_MONOTONIC ms, comparable between processes
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export function quant(a) {
  if (!a.length) return null;
  const s = [...a].sort((x, y) => x - y),
    q = (p) => +s[Math.min(s.length - 1, Math.floor(p * s.length))].toFixed(2);
  return { n: s.length, p50: q(0.5), p95: q(0.95), p99: q(0.99), max: +s[s.length - 1].toFixed(2) };
}
export async function pool(n, conc, fn) {
  // bounded-concurrency loop 0..n-1
  let i = 0;
  await Promise.all(
    Array.from({ length: Math.min(conc, n) }, async () => {
      while (i < n) {
        const k = i++;
        await fn(k);
      }
    }),
  );
}
const TICK = 100; // CLK_TCK
const stat = (pid) => {
  try {
    const s = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return s.slice(s.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};
export function cpuOf(pid) {
  const f = stat(pid);
  return f ? (+f[11] + +f[12]) / TICK : 0;
}
export function pgMaster() {
  return +fs.readFileSync(`${RUN}/pg/postmaster.pid`, 'utf8').split('\n')[0];
}
export function pgCpu() {
  // postmaster's dead children + living children
  const m = pgMaster(),
    f = stat(m);
  let t = (+f[11] + +f[12] + +f[13] + +f[14]) / TICK;
  for (const d of fs.readdirSync('/proc'))
    if (/^\d+$/.test(d)) {
      const s = stat(d);
      if (s && +s[1] === m) t += (+s[11] + +s[12]) / TICK;
    }
  return t;
}
export const cpuSelf = () => {
  const c = process.cpuUsage();
  return (c.user + c.system) / 1e6;
};
export async function q(url, sql, params) {
  const c = new pg.Client(url);
  await c.connect();
  try {
    return (await c.query(sql, params)).rows;
  } finally {
    await c.end();
  }
}
export async function freshDb(cfg) {
  const c = new pg.Client(adminUrl);
  await c.connect();
  await c.query(`drop database if exists ${cfg.db} with (force)`);
  await c.query(`create database ${cfg.db}`);
  if (cfg.sync !== 'on') await c.query(`alter database ${cfg.db} set synchronous_commit=${cfg.sync}`);
  await c.query('checkpoint');
  await c.end();
}
export async function pgSnap(cfg) {
  const c = new pg.Client(adminUrl);
  await c.connect();
  const r = (
    await c.query(
      `select pg_current_wal_lsn()::text lsn, (select pg_current_wal_lsn()-'0/0'::pg_lsn) wal, (select wal_sync from pg_stat_wal) syncs,
    pg_database_size($1) size, (select xact_commit from pg_stat_database where datname=$1) commits,
    (select coalesce(sum(calls),0) from pg_stat_statements s join pg_database d on d.oid=s.dbid where d.datname=$1) stmts,
    (select coalesce(sum(calls),0) from pg_stat_statements s join pg_database d on d.oid=s.dbid where d.datname=$1 and s.wal_bytes>0) wstmts`,
      [cfg.db],
    )
  ).rows[0];
  await c.end();
  for (const k in r) if (k !== 'lsn') r[k] = Number(r[k] ?? 0);
  return { ...r, cpu: pgCpu() };
}
// exact number of durable commits in the WAL range (all databases; the bench database is the only busy one)
export function walCommits(a, b) {
  try {
    if (b.wal - a.wal > 700e6 || b.lsn === a.lsn) return null;
    const o = execFileSync(
      `${process.env.PGBIN ?? '/usr/lib/postgresql/15/bin'}/pg_waldump`,
      ['-p', `${RUN}/pg/pg_wal`, '-s', a.lsn, '-e', b.lsn, '--stats=record'],
      { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e8 },
    ).toString();
    const m = o.match(/Transaction\/COMMIT\s+(\d+)/);
    return m ? +m[1] : 0;
  } catch (x) {
    return null;
  }
}
export const pgDiff = (a, b, n) => ({
  stmts: r2((b.stmts - a.stmts) / n),
  write_stmts: r2((b.wstmts - a.wstmts) / n),
  commits: (() => {
    const c = walCommits(a, b);
    return c === null ? null : r2(c / n);
  })(),
  wal_bytes: Math.round((b.wal - a.wal) / n),
  db_bytes: Math.round((b.size - a.size) / n),
});
export const r2 = (x) => Math.round(x * 100) / 100;

export function machine() {
  const f = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return { busy: (f[0] + f[1] + f[2] + f[5] + f[6] + (f[7] || 0)) / TICK, steal: (f[7] || 0) / TICK, at: now() };
}
