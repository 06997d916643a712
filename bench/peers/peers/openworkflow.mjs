import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';
import { q } from '../lib.mjs';
const define = (ow, cfg, h) => {
  const S = (step, id, i) => step.run({ name: 's' + i }, async () => h.step(id, i));
  const W = (step, id, i) => step.waitForSignal({ name: 'w' + i, signal: `${id}:${i}`, timeout: '1d' });
  const def = (name, fn) => ow.defineWorkflow({ name }, fn);
  return {
    pipeline: def('pipeline', async ({ input: { id }, step }) => {
      for (let i = 0; i < 5; i++) await S(step, id, i);
      return h.done(id);
    }),
    approval: def('approval', async ({ input: { id }, step }) => {
      await S(step, id, 0);
      await W(step, id, 0);
      await S(step, id, 1);
      return h.done(id);
    }),
    fanout: def('fanout', async ({ input: { id }, step }) => {
      await Promise.all(Array.from({ length: cfg.fan }, (_, i) => S(step, id, i)));
      return h.done(id);
    }),
    history: def('history', async ({ input: { id }, step }) => {
      for (let i = 0; i < cfg.rounds; i++) {
        await W(step, id, i);
        await S(step, id, i);
      }
      return h.done(id);
    }),
    hello: def('hello', async ({ input: { id }, step }) => {
      await S(step, id, 0);
      return h.done(id);
    }),
  };
};
export async function prepare(cfg) {
  const b = await BackendPostgres.connect(cfg.url);
  await b.stop();
}
export async function worker(cfg, h) {
  const backend = await BackendPostgres.connect(cfg.url, { runMigrations: false }),
    ow = new OpenWorkflow({ backend });
  define(ow, cfg, h);
  const w = ow.newWorker({ concurrency: Math.min(cfg.wconc, 32) });
  await w.start();
  return {
    stop: async () => {
      await w.stop();
      await backend.stop();
    },
  };
}
export async function client(cfg) {
  const backend = await BackendPostgres.connect(cfg.url, { runMigrations: false }),
    ow = new OpenWorkflow({ backend }),
    wf = define(ow, cfg, {});
  return {
    start: (kind, id) => wf[kind].run({ id }),
    signal: async (id, r) =>
      (await ow.sendSignal({ signal: `${id}:${r}`, data: { ok: true } })).workflowRunIds.length > 0,
    countDone: async () =>
      +(
        await q(cfg.url, "select count(*) c from openworkflow.workflow_runs where status in ('completed','succeeded')")
      )[0].c,
    countWaiting: async () =>
      +(
        await q(
          cfg.url,
          "select count(*) c from openworkflow.step_attempts where kind='signal-wait' and status='running'",
        )
      )[0].c,
    close: () => backend.stop(),
  };
}
