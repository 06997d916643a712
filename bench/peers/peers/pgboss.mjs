// Job-queue baseline: a "workflow" is a chain of jobs; join in memory.
import * as M from 'pg-boss';
import { q } from '../lib.mjs';
const PgBoss = M.PgBoss ?? M.default;
const kinds = ['pipeline', 'approval', 'history', 'hello', 'fanout', 'leaf'];
const mk = (cfg) =>
  new PgBoss({ connectionString: cfg.url, max: cfg.pool, supervise: false, schedule: false, useListenNotify: true });
export async function prepare(cfg) {
  const b = mk(cfg);
  await b.start();
  for (const k of kinds) await b.createQueue(k, { notify: true });
  await b.stop({ graceful: false });
}
export async function worker(cfg, h) {
  const b = mk(cfg);
  b.on('error', (e) => console.error(e.message));
  await b.start();
  const left = new Map();
  const H = {
    pipeline: async ({ id, i }) => {
      h.step(id, i);
      if (i < 4) await b.send('pipeline', { id, i: i + 1 });
      else h.done(id);
    },
    approval: async ({ id, i }) => {
      h.step(id, i);
      if (i === 1) h.done(id);
    },
    history: async ({ id, i }) => {
      if (i >= 0) h.step(id, i);
    },
    hello: async ({ id, i }) => {
      h.step(id, i);
      h.done(id);
    },
    fanout: async ({ id }) => {
      left.set(id, cfg.fan);
      await b.insert(
        'leaf',
        Array.from({ length: cfg.fan }, (_, i) => ({ data: { id, i } })),
      );
    },
    leaf: async ({ id, i }) => {
      h.step(id, i);
      const n = left.get(id) - 1;
      left.set(id, n);
      if (n === 0) h.done(id);
    },
  };
  for (const k of kinds)
    await b.work(
      k,
      {
        batchSize: cfg.wconc,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
        burstWhenBatchFull: true,
      },
      async (jobs) => {
        await Promise.all(jobs.map((j) => H[k](j.data)));
      },
    );
  return { stop: () => b.stop({ graceful: false }) };
}
export async function client(cfg) {
  const b = mk(cfg);
  b.on('error', (e) => console.error(e.message));
  await b.start();
  return {
    start: (kind, id) => b.send(kind, { id, i: kind === 'history' ? -1 : 0 }),
    signal: async (id, r) => {
      await b.send(id.startsWith('h-') ? 'history' : 'approval', { id, i: id.startsWith('h-') ? r : 1 });
    },
    countDone: async () =>
      +(await q(cfg.url, "select count(*) c from pgboss.job where state<'completed'"))[0].c === 0 ? 1e9 : 0,
    close: () => b.stop({ graceful: false }),
  };
}
