// Job-queue baseline: a "workflow" is a chain of jobs; the fan-out join is an in-memory counter (not durable).
import { run, makeWorkerUtils } from 'graphile-worker';
import { q } from '../lib.mjs';
export async function prepare(cfg) {
  const u = await makeWorkerUtils({ connectionString: cfg.url });
  await u.migrate();
  await u.release();
}
export async function worker(cfg, h) {
  const left = new Map();
  const r = await run({
    connectionString: cfg.url,
    concurrency: cfg.pool,
    maxPoolSize: cfg.pool,
    pollInterval: 2000,
    noHandleSignals: true,
    logger: undefined,
    taskList: {
      pipeline: async ({ id, i }, { addJob }) => {
        h.step(id, i);
        if (i < 4) await addJob('pipeline', { id, i: i + 1 });
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
      fanout: async ({ id }, helpers) => {
        left.set(id, cfg.fan);
        await helpers.withPgClient((c) =>
          c.query(
            "select graphile_worker.add_job('leaf', json_build_object('id', $1::text, 'i', i)) from generate_series(0,$2::int-1) i",
            [id, cfg.fan],
          ),
        );
      },
      leaf: async ({ id, i }) => {
        h.step(id, i);
        const n = left.get(id) - 1;
        left.set(id, n);
        if (n === 0) h.done(id);
      },
    },
  });
  return { stop: () => r.stop() };
}
export async function client(cfg) {
  const u = await makeWorkerUtils({ connectionString: cfg.url, maxPoolSize: cfg.pool });
  return {
    start: (kind, id) => u.addJob(kind, { id, i: kind === 'history' ? -1 : 0 }),
    signal: async (id, r) => {
      await u.addJob(id.startsWith('h-') ? 'history' : 'approval', { id, i: id.startsWith('h-') ? r : 1 });
    },
    countDone: async () =>
      +(await q(cfg.url, 'select count(*) c from graphile_worker._private_jobs'))[0].c === 0 ? 1e9 : 0,
    close: () => u.release(),
  };
}
