// Job-queue baseline on Redis (AOF everysec): a chain of jobs; fan-out by FlowProducer (real parent/child join).
import { Queue, Worker, FlowProducer } from 'bullmq';
import Redis from 'ioredis';
import fs from 'node:fs';
export const usesPg = false;
const conn = (cfg) => ({ host: '127.0.0.1', port: cfg.rport, maxRetriesPerRequest: null });
export async function prepare(cfg) {
  const r = new Redis(conn(cfg));
  await r.flushall();
  await r.quit();
}
export async function worker(cfg, h) {
  const opt = { removeOnComplete: true };
  const next = new Queue('wf', { connection: conn(cfg) });
  const w = new Worker(
    'wf',
    async (j) => {
      const { id, i } = j.data;
      switch (j.name) {
        case 'pipeline':
          h.step(id, i);
          if (i < 4) await next.add('pipeline', { id, i: i + 1 }, opt);
          else h.done(id);
          break;
        case 'approval':
          h.step(id, i);
          if (i === 1) h.done(id);
          break;
        case 'history':
          if (i >= 0) h.step(id, i);
          break;
        case 'hello':
          h.step(id, i);
          h.done(id);
          break;
        case 'leaf':
          h.step(id, i);
          break;
        case 'fanout':
          h.done(id);
          break;
      }
      return { ok: true, i };
    },
    { connection: conn(cfg), concurrency: cfg.wconc },
  );
  await w.waitUntilReady();
  return { stop: () => w.close(true) };
}
export async function client(cfg) {
  const Q = new Queue('wf', { connection: conn(cfg) }),
    F = new FlowProducer({ connection: conn(cfg) }),
    r = new Redis(conn(cfg)),
    opt = { removeOnComplete: true };
  return {
    start: (kind, id) =>
      kind === 'fanout'
        ? F.add({
            name: 'fanout',
            queueName: 'wf',
            data: { id },
            opts: opt,
            children: Array.from({ length: cfg.fan }, (_, i) => ({
              name: 'leaf',
              queueName: 'wf',
              data: { id, i },
              opts: opt,
            })),
          })
        : Q.add(kind, { id, i: kind === 'history' ? -1 : 0 }, opt),
    signal: async (id, n) => {
      await Q.add(id.startsWith('h-') ? 'history' : 'approval', { id, i: id.startsWith('h-') ? n : 1 }, opt);
    },
    pids: () => [+fs.readFileSync(cfg.run + '/redis.pid', 'utf8')],
    close: async () => {
      await Q.close();
      await F.close();
      await r.quit();
    },
  };
}
