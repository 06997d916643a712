// Physical limits of this Postgres and Redis, one JSON line. DUR_S seconds per pgbench point.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import postgres from 'postgres';
import Redis from 'ioredis';
import { config, freshDb, dbUrl, PGPORT, RPORT, RUN, now, quant, r2, sleep, q } from './lib.mjs';
const cfg = config('limits'),
  D = process.env.DUR_S ?? '3',
  bin = process.env.PGBIN ?? '/usr/lib/postgresql/15/bin';
await freshDb(cfg);
await q(cfg.url, 'create table ev(id bigserial primary key, wf text not null, seq int not null, data jsonb not null)');
const f1 = RUN + '/ins1.sql',
  f100 = RUN + '/ins100.sql';
fs.writeFileSync(
  f1,
  `insert into ev(wf,seq,data) values('wf-abcdefgh',1,'{"ok": true, "i": 1, "id": "wf-abcdefgh"}');\n`,
);
fs.writeFileSync(
  f100,
  `insert into ev(wf,seq,data) select 'wf-abcdefgh', i, '{"ok": true, "i": 1, "id": "wf-abcdefgh"}' from generate_series(1,100) i;\n`,
);
const bench = (file, c, sync) => {
  const o = execFileSync(
    `${bin}/pgbench`,
    [
      '-h',
      '127.0.0.1',
      '-p',
      String(PGPORT),
      '-U',
      'postgres',
      '-n',
      '-M',
      'prepared',
      '-f',
      file,
      '-c',
      String(c),
      '-j',
      c > 1 ? '2' : '1',
      '-T',
      D,
      cfg.db,
    ],
    { env: { ...process.env, PGOPTIONS: `-c synchronous_commit=${sync}` } },
  ).toString();
  return r2(+o.match(/tps = ([\d.]+)/)[1]);
};
const out = { what: 'limits', load: fs.readFileSync('/proc/loadavg', 'utf8').slice(0, 4) };
for (const c of [1, 8, 32]) out[`pg_commits_s_c${c}`] = bench(f1, c, 'on');
for (const c of [1, 8, 32]) out[`pg_commits_s_c${c}_async`] = bench(f1, c, 'off');
out.pg_rows_s_batch100_c1 = bench(f100, 1, 'on') * 100;
out.pg_rows_s_batch100_c8 = bench(f100, 8, 'on') * 100;
const sql = postgres(cfg.url, { max: 20 }),
  lat = [];
for (let i = 0; i < 2000; i++) {
  const t = now();
  await sql`select 1`;
  lat.push(now() - t);
}
out.select1_ms = quant(lat);
const cm = [];
for (let i = 0; i < 500; i++) {
  const t = now();
  await sql`insert into ev(wf,seq,data) values('w',${i},${sql.json({ ok: true })})`;
  cm.push(now() - t);
}
out.insert_commit_ms = quant(cm);
{
  const t0 = now();
  let n = 0;
  const end = t0 + 3000;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (now() < end) {
        await sql`insert into ev(wf,seq,data) values('w',${n},${sql.json({ ok: true })})`;
        n++;
      }
    }),
  );
  out.node_commits_s_pool20 = r2((n / (now() - t0)) * 1000);
}
{
  const l = [];
  let res;
  await sql.listen('ch', () => res?.(now()));
  for (let i = 0; i < 300; i++) {
    const p = new Promise((r) => (res = r)),
      t = now();
    await sql`select pg_notify('ch', 'x')`;
    l.push((await p) - t);
  }
  out.notify_ms = quant(l);
}
await sql.end({ timeout: 1 });
const r = new Redis({ port: RPORT, host: '127.0.0.1' });
await r.flushall();
const body = ['wf', 'wf-abcdefgh', 'type', 'signal', 'data', '{"ok":true}'];
{
  let n = 0;
  const t = now();
  while (now() - t < 1500) {
    await r.xadd('s1', '*', ...body);
    n++;
  }
  out.redis_xadd_s = r2((n / (now() - t)) * 1000);
}
{
  let n = 0;
  const t = now();
  while (now() - t < 1500) {
    const p = r.pipeline();
    for (let i = 0; i < 100; i++) p.xadd('s1', '*', ...body);
    await p.exec();
    n += 100;
  }
  out.redis_xadd_s_pipe100 = r2((n / (now() - t)) * 1000);
}
await r.xgroup('CREATE', 's1', 'g', '0');
{
  let n = 0;
  const t = now();
  while (now() - t < 1500) {
    const x = await r.xreadgroup('GROUP', 'g', 'c', 'COUNT', 1, 'STREAMS', 's1', '>');
    if (!x) break;
    await r.xack('s1', 'g', x[0][1][0][0]);
    n++;
  }
  out.redis_readack_s = r2((n / (now() - t)) * 1000);
}
{
  let n = 0;
  const t = now();
  while (now() - t < 1500) {
    const x = await r.xreadgroup('GROUP', 'g', 'c', 'COUNT', 100, 'STREAMS', 's1', '>');
    if (!x) break;
    await r.xack('s1', 'g', ...x[0][1].map((y) => y[0]));
    n += x[0][1].length;
  }
  out.redis_readack_s_batch100 = r2((n / (now() - t)) * 1000);
}
{
  const b = new Redis({ port: RPORT, host: '127.0.0.1' }),
    l = [];
  await r.del('s2');
  await r.xgroup('CREATE', 's2', 'g', '0', 'MKSTREAM');
  for (let i = 0; i < 300; i++) {
    const p = b.xreadgroup('GROUP', 'g', 'c', 'COUNT', 1, 'BLOCK', 2000, 'STREAMS', 's2', '>').then((x) => [now(), x]);
    await sleep(1);
    const t = now();
    await r.xadd('s2', '*', ...body);
    const [at, x] = await p;
    l.push(at - t);
    await r.xack('s2', 'g', x[0][1][0][0]);
  }
  out.redis_block_wakeup_ms = quant(l);
  b.disconnect();
}
await r.flushall();
r.disconnect();
console.log(JSON.stringify(out));
process.exit(0);
