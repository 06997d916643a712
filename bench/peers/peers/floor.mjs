// The yardstick itself: the least an exactly-recorded engine can do on this Postgres. No replay, no retries, no leases: not an engine.
//  FLOOR=commit : one durable commit per start, per step and per signal, the last step commits with the completion  -> 1+5 commits per W1 workflow, in submit order, conc=WCONC.
//  FLOOR=batch  : the same rows, but all writes that are pending while a commit is in flight share the next commit (group commit in the app), 2 connections.
import postgres from 'postgres';
import { q, sleep } from '../lib.mjs';
const MODE = process.env.FLOOR ?? 'commit';
export async function prepare(cfg) {
  await q(
    cfg.url,
    `create table wf(id text primary key, kind text not null, state text not null default 'running', created timestamptz not null default now());
 create table ev(wf text not null, seq int not null, type text not null, data jsonb not null, at timestamptz not null default now(), primary key(wf,seq));`,
  );
}
function writer(sql, lanes) {
  // group commit
  const buf = [];
  let busy = 0;
  const flush = async () => {
    while (buf.length) {
      const b = buf.splice(0, 500);
      busy++;
      try {
        await sql`with s as materialized (select * from jsonb_to_recordset(${sql.json(b.map((x) => x.op))}) as x(o text, id text, kind text, seq int, data jsonb, fin bool)),
        a as (insert into wf(id,kind) select id,kind from s where o='start'),
        b as (insert into ev(wf,seq,type,data) select id,seq,'step',data from s where o='step' order by 1,2)
        update wf set state='done' where id in (select id from s where fin)`;
        for (const x of b) x.r();
      } catch (e) {
        for (const x of b) x.j(e);
      }
      busy--;
    }
  };
  return (op) =>
    new Promise((r, j) => {
      buf.push({ op, r, j });
      if (busy < lanes)
        setImmediate(() => {
          if (busy < lanes) flush();
        });
    });
}
function ops(sql) {
  if (MODE === 'batch') {
    const w = writer(sql, 2);
    return {
      start: (kind, id) => w({ o: 'start', id, kind }),
      step: (id, seq, data, fin) => w({ o: 'step', id, seq, data, fin }),
    };
  }
  return {
    start: (kind, id) => sql`insert into wf(id,kind) values(${id},${kind})`,
    step: (id, seq, data, fin) =>
      fin
        ? sql`with u as (update wf set state='done' where id=${id}) insert into ev(wf,seq,type,data) values(${id},${seq},'step',${sql.json(data)})`
        : sql`insert into ev(wf,seq,type,data) values(${id},${seq},'step',${sql.json(data)})`,
  };
}
export async function worker(cfg, h) {
  const sql = postgres(cfg.url, { max: MODE === 'batch' ? 2 : cfg.pool, onnotice() {} }),
    o = ops(sql),
    wait = new Map();
  const st = (id, i, fin) => {
    const d = h.step(id, i);
    return o.step(id, i, d, !!fin);
  };
  const sig = (id, r) => new Promise((k) => wait.set(id + ':' + r, k));
  const fns = {
    pipeline: async (id) => {
      for (let i = 0; i < 5; i++) await st(id, i, i === 4);
      h.done(id);
    },
    approval: async (id) => {
      const s = sig(id, 0);
      await st(id, 0);
      await s;
      await st(id, 1, true);
      h.done(id);
    },
    fanout: async (id) => {
      await Promise.all(Array.from({ length: cfg.fan }, (_, i) => st(id, i, i === cfg.fan - 1)));
      h.done(id);
    },
    history: async (id) => {
      let s = sig(id, 0);
      for (let i = 0; i < cfg.rounds; i++) {
        await s;
        s = sig(id, i + 1);
        await st(id, i);
      }
      h.done(id);
    },
    hello: async (id) => {
      await st(id, 0, true);
      h.done(id);
    },
  };
  return {
    start: async (kind, id) => {
      await o.start(kind, id);
      fns[kind](id).catch((e) => console.error(e));
    },
    signal: async (id, r) => {
      await o.step(id, 100000 + r, { signal: r });
      wait.get(id + ':' + r)?.();
      wait.delete(id + ':' + r);
    },
    stop: () => sql.end({ timeout: 1 }),
  };
}
export async function client(cfg, ipc) {
  return {
    start: (kind, id) => ipc({ cmd: 'start', kind, id }),
    signal: async (id, round) => {
      await ipc({ cmd: 'signal', id, round });
    },
    countDone: async () => +(await q(cfg.url, "select count(*) c from wf where state='done'"))[0].c,
  };
}
