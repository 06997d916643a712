// Needs ABSURD_SQL (the project's schema file, taken from its public repository at tag 0.4.0).
import fs from 'node:fs';
import pg from 'pg';
import { Absurd } from 'absurd-sdk';
import { q } from '../lib.mjs';
const SQL = process.env.ABSURD_SQL ?? new URL('../absurd.sql', import.meta.url).pathname;
export async function prepare(cfg) {
  await q(cfg.url, fs.readFileSync(SQL, 'utf8'));
  const a = new Absurd({ db: cfg.url });
  await a.createQueue('default');
  await a.close();
}
export async function worker(cfg, h) {
  const pool = new pg.Pool({ connectionString: cfg.url, max: cfg.pool }),
    app = new Absurd({ db: pool, queueName: 'default' });
  const S = (ctx, id, i) => ctx.step('s' + i, async () => h.step(id, i));
  const t = (name, fn) => app.registerTask({ name }, ({ id }, ctx) => fn(id, ctx));
  t('pipeline', async (id, c) => {
    for (let i = 0; i < 5; i++) await S(c, id, i);
    return h.done(id);
  });
  t('approval', async (id, c) => {
    await S(c, id, 0);
    await c.awaitEvent(`${id}:0`);
    await S(c, id, 1);
    return h.done(id);
  });
  t('fanout', async (id, c) => {
    await Promise.all(Array.from({ length: cfg.fan }, (_, i) => S(c, id, i)));
    return h.done(id);
  });
  t('history', async (id, c) => {
    for (let i = 0; i < cfg.rounds; i++) {
      await c.awaitEvent(`${id}:${i}`);
      await S(c, id, i);
    }
    return h.done(id);
  });
  t('hello', async (id, c) => {
    await S(c, id, 0);
    return h.done(id);
  });
  const w = await app.startWorker({ concurrency: cfg.wconc, pollInterval: cfg.poll / 1000 });
  return {
    stop: async () => {
      await w.close();
      await pool.end();
    },
  };
}
export async function client(cfg) {
  const pool = new pg.Pool({ connectionString: cfg.url, max: cfg.pool }),
    app = new Absurd({ db: pool, queueName: 'default' });
  return {
    start: (kind, id) => app.spawn(kind, { id }, { queue: 'default' }),
    signal: async (id, r) => {
      await app.emitEvent(`${id}:${r}`, { ok: true }, 'default');
    },
    countDone: async () => +(await q(cfg.url, "select count(*) c from absurd.t_default where state='completed'"))[0].c,
    countWaiting: async () =>
      +(await q(cfg.url, "select count(*) c from absurd.t_default where state='sleeping'"))[0].c,
    close: () => pool.end(),
  };
}
