// DBOS, workflows started directly inside the worker process (the driver asks it over IPC, as an HTTP request would); signals from the driver via DBOSClient.
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { q } from '../lib.mjs';
const QUEUE = process.env.DBOS_QUEUE === '1';
export async function worker(cfg, h) {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: cfg.url,
    systemDatabasePoolSize: cfg.pool,
    logLevel: 'error',
    applicationVersion: 'v1',
    ...(QUEUE ? { maxConcurrentQueueDispatches: cfg.wconc } : {}),
  });
  const st = (id, i) => DBOS.runStep(async () => h.step(id, i), { name: 's' + i });
  const T = { timeoutSeconds: 3600 };
  const fns = {
    pipeline: async (id) => {
      for (let i = 0; i < 5; i++) await st(id, i);
      return h.done(id);
    },
    approval: async (id) => {
      await st(id, 0);
      await DBOS.recv('r0', T);
      await st(id, 1);
      return h.done(id);
    },
    fanout: async (id) => {
      await Promise.all(Array.from({ length: cfg.fan }, (_, i) => st(id, i)));
      return h.done(id);
    },
    history: async (id) => {
      for (let i = 0; i < cfg.rounds; i++) {
        await DBOS.recv('r' + i, T);
        await st(id, i);
      }
      return h.done(id);
    },
    hello: async (id) => {
      await st(id, 0);
      return h.done(id);
    },
  };
  const wf = {};
  for (const k in fns) wf[k] = DBOS.registerWorkflow(fns[k], { name: k });
  await DBOS.launch();
  if (QUEUE) await DBOS.registerQueue('q', { minPollingIntervalMs: cfg.poll, workerConcurrency: 5000 });
  return { start: (kind, id) => DBOS.startWorkflow(wf[kind], { workflowID: id })(id), stop: () => DBOS.shutdown() };
}
export async function client(cfg, ipc) {
  const c = await DBOSClient.create({ systemDatabaseUrl: cfg.url, systemDatabasePoolSize: cfg.pool });
  return {
    start: QUEUE
      ? (kind, id) => c.enqueue({ queueName: 'q', workflowName: kind, workflowID: id, appVersion: 'v1' }, id)
      : (kind, id) => ipc({ cmd: 'start', kind, id }),
    signal: async (id, r) => {
      await c.send(id, { ok: true }, 'r' + r);
    },
    countDone: async () =>
      +(await q(cfg.url, "select count(*) c from dbos.workflow_status where status='SUCCESS'"))[0].c,
    close: () => c.destroy(),
  };
}
