// Worker process: loads one peer adapter, runs its engine worker, records step/done times, answers the driver over IPC.
import { config, now, cpuSelf } from './lib.mjs';
const peer = process.argv[2],
  cfg = config(peer);
const mod = await import(`./peers/${peer}.mjs`);
let first = new Map(),
  done = new Map(),
  cnt = { step: 0, first: 0, done: 0 },
  target = null,
  watch = false;
const check = () => {
  if (target && cnt[target.key] >= target.n) {
    process.send({ t: 'target', key: target.key, at: now() });
    target = null;
  }
};
const hooks = {
  step(id, i) {
    const at = now();
    cnt.step++;
    if (i === 0) {
      if (!first.has(id)) cnt.first++;
      first.set(id, at);
    }
    if (watch) process.send({ t: 'step', id, i, at });
    check();
    return { ok: true, i, id };
  },
  done(id) {
    const at = now();
    if (!done.has(id)) cnt.done++;
    done.set(id, at);
    if (watch) process.send({ t: 'done', id, at });
    check();
    return { ok: true };
  },
};
const w = await mod.worker(cfg, hooks);
process.on('message', async (m) => {
  if (m.cmd === 'reset') {
    first = new Map();
    done = new Map();
    cnt = { step: 0, first: 0, done: 0 };
    watch = !!m.watch;
    target = null;
    process.send({ t: 'ok', seq: m.seq });
  } else if (m.cmd === 'target') {
    target = m;
    check();
  } else if (m.cmd === 'cpu') process.send({ t: 'ok', seq: m.seq, cpu: cpuSelf(), rss: process.memoryUsage().rss });
  else if (m.cmd === 'report') process.send({ t: 'ok', seq: m.seq, first: [...first], done: [...done], cnt });
  else if (m.cmd === 'start') {
    try {
      await w.start(m.kind, m.id);
      process.send({ t: 'ok', seq: m.seq });
    } catch (x) {
      process.send({ t: 'ok', seq: m.seq, err: String(x) });
    }
  } else if (m.cmd === 'signal') {
    await w.signal(m.id, m.round);
    process.send({ t: 'ok', seq: m.seq });
  } else if (m.cmd === 'stop') {
    setTimeout(() => process.exit(0), 2000).unref();
    try {
      await w.stop?.();
    } catch {}
    process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (x) => console.error('unhandled', x));
process.send({ t: 'ready' });
