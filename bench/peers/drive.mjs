// Driver process: node drive.mjs PEER WORKLOAD N  -> one JSON line on stdout.
import { fork } from 'node:child_process';
import { config, now, sleep, quant, pool, cpuSelf, cpuOf, freshDb, pgSnap, pgDiff, r2, machine } from './lib.mjs';
const [peer, wl, nArg] = process.argv.slice(2),
  cfg = config(peer);
const mod = await import(`./peers/${peer}.mjs`);
const usesPg = mod.usesPg ?? true;
if (usesPg) await freshDb(cfg);
await mod.prepare?.(cfg);
const child = fork(new URL('./worker.mjs', import.meta.url).pathname, [peer], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  env: process.env,
});
let seq = 0;
const pend = new Map(),
  waits = [];
let ready;
const isReady = new Promise((r) => (ready = r));
child.on('message', (m) => {
  if (m.t === 'ready') ready();
  else if (m.t === 'ok') {
    pend.get(m.seq)?.(m);
    pend.delete(m.seq);
  } else for (let i = waits.length - 1; i >= 0; i--) if (waits[i].f(m)) waits.splice(i, 1)[0].r(m);
});
child.on('exit', (c) => {
  if (c) {
    console.error('worker exited', c);
    process.exit(1);
  }
});
const ipc = (m) =>
  new Promise((r, j) => {
    m.seq = ++seq;
    pend.set(m.seq, (x) => (x.err ? j(new Error(x.err)) : r(x)));
    child.send(m);
  });
const on = (f, ms = +(process.env.STALL_MS ?? 300000)) =>
  new Promise((r, j) => {
    const w = { f, r };
    waits.push(w);
    setTimeout(() => {
      const i = waits.indexOf(w);
      if (i >= 0) {
        waits.splice(i, 1);
        j(new Error('timeout'));
      }
    }, ms).unref();
  });
const target = (key, n) => {
  const p = on((m) => m.t === 'target' && m.key === key, 600000);
  child.send({ cmd: 'target', key, n });
  return p;
};
const reset = (watch) => ipc({ cmd: 'reset', watch });
await Promise.race([
  isReady,
  sleep(60000).then(() => {
    throw new Error('worker not ready');
  }),
]);
const cl = await mod.client(cfg, ipc);
await sleep(300);
const pids = () => cl.pids?.() ?? [];
const eng = () => pids().reduce((s, p) => s + cpuOf(p), 0);
const snap = async () => ({
  pg: usesPg ? await pgSnap(cfg) : null,
  w: await ipc({ cmd: 'cpu' }),
  d: cpuSelf(),
  e: eng(),
  m: machine(),
});
const cpu = (a, b) => ({
  worker: r2(b.w.cpu - a.w.cpu),
  driver: r2(b.d - a.d),
  server: r2(b.e - a.e),
  postgres: usesPg ? r2(b.pg.cpu - a.pg.cpu) : 0,
  others: r2(
    Math.max(
      0,
      b.m.busy - a.m.busy - (b.w.cpu - a.w.cpu) - (b.d - a.d) - (b.e - a.e) - (usesPg ? b.pg.cpu - a.pg.cpu : 0),
    ),
  ),
  wall: r2((b.m.at - a.m.at) / 1000),
  worker_rss_mb: Math.round(b.w.rss / 1e6),
});
const settleDone = async (n) => {
  if (!cl.countDone) return;
  const t = now();
  while ((await cl.countDone()) < n) {
    if (now() - t > 60000) throw new Error(`engine shows ${await cl.countDone()} done of ${n}`);
    await sleep(10);
  }
};
const out = { peer, wl, sync: cfg.sync, conc: cfg.conc, wconc: cfg.wconc };
// warm-up: a few workflows so JIT, pools and prepared statements are in place
const warm = +(process.env.WARM ?? 50);
async function warmup() {
  await reset(false);
  const p = target('done', warm);
  await pool(warm, 8, (k) => cl.start('pipeline', `warm-${k}`));
  await p;
  await settleDone(warm);
  await reset(wl === 'W4' || wl === 'W5' || wl === 'W3');
}
try {
  await warmup();
  if (wl === 'W1') {
    const N = +(nArg ?? 2000);
    out.n = N;
    const a = await snap(),
      sub = new Map(),
      t0 = now();
    const p = target('done', N);
    await pool(N, cfg.conc, async (k) => {
      sub.set(`p-${k}`, now());
      await cl.start('pipeline', `p-${k}`);
    });
    out.submit_per_s = r2((N / (now() - t0)) * 1000);
    await p;
    await settleDone(N + warm);
    const t1 = now(),
      b = await snap();
    const rep = await ipc({ cmd: 'report' });
    out.wf_per_s = r2((N / (t1 - t0)) * 1000);
    out.steps_per_s = r2(((5 * N) / (t1 - t0)) * 1000);
    out.steps_run = rep.cnt.step;
    out.latency_ms = quant(rep.done.map(([id, t]) => t - sub.get(id)));
    out.cpu_s = cpu(a, b);
    out.cpu_ms_per_wf = r2(((out.cpu_s.worker + out.cpu_s.driver + out.cpu_s.server + out.cpu_s.postgres) * 1000) / N);
    if (usesPg) out.pg_per_wf = pgDiff(a.pg, b.pg, N);
    out.disk_bytes_per_wf = undefined;
  } else if (wl === 'W2') {
    const N = +(nArg ?? 2000);
    out.n = N;
    let a = await snap(),
      t0 = now();
    let p = target('first', N);
    await pool(N, cfg.conc, (k) => cl.start('approval', `a-${k}`));
    await p;
    if (cl.countWaiting) {
      const t = now();
      while ((await cl.countWaiting()) < N) {
        if (now() - t > 60000) throw new Error('not all waiting ' + (await cl.countWaiting()));
        await sleep(20);
      }
    }
    out.start_per_s = r2((N / (now() - t0)) * 1000);
    if (!cl.countWaiting) await sleep(1500);
    let b = await snap();
    if (usesPg) out.pg_per_wf_start = pgDiff(a.pg, b.pg, N);
    await sleep(1000);
    const a2 = await snap();
    await sleep(2000);
    const b2 = await snap();
    out.idle_cpu_per_s = {
      worker: r2((b2.w.cpu - a2.w.cpu) / 2),
      server: r2((b2.e - a2.e) / 2),
      postgres: usesPg ? r2((b2.pg.cpu - a2.pg.cpu) / 2) : 0,
    };
    a = await snap();
    t0 = now();
    p = target('done', N);
    const sig = new Map();
    await pool(N, cfg.conc, async (k) => {
      sig.set(`a-${k}`, now());
      let ok = await cl.signal(`a-${k}`, 0);
      while (ok === false) {
        await sleep(20);
        ok = await cl.signal(`a-${k}`, 0);
      }
    });
    out.signal_per_s = r2((N / (now() - t0)) * 1000);
    await p;
    await settleDone(N + warm);
    out.resume_per_s = r2((N / (now() - t0)) * 1000);
    b = await snap();
    out.cpu_s = cpu(a, b);
    if (usesPg) out.pg_per_wf_resume = pgDiff(a.pg, b.pg, N);
    const rep = await ipc({ cmd: 'report' });
    out.resume_latency_ms = quant(rep.done.map(([id, t]) => t - sig.get(id)));
    await reset(true);
    const lat = [],
      tEnd = now() + cfg.latCap;
    for (let i = 0; i < cfg.latN && now() < tEnd; i++) {
      const id = `l-${i}`,
        s = on((m) => m.t === 'step' && m.id === id && m.i === 0),
        d = on((m) => m.t === 'done' && m.id === id);
      await cl.start('approval', id);
      await s;
      await sleep(25);
      let t = now(),
        ok = await cl.signal(id, 0);
      while (ok === false) {
        await sleep(10);
        t = now();
        ok = await cl.signal(id, 0);
      }
      lat.push((await d).at - t);
    }
    out.signal_to_done_ms = quant(lat);
  } else if (wl === 'W3') {
    const N = +(nArg ?? 20);
    out.n = N;
    const a = await snap(),
      t0 = now(),
      lat = [];
    for (let i = 0; i < N; i++) {
      const id = `f-${i}`,
        d = on((m) => m.t === 'done' && m.id === id),
        t = now();
      await cl.start('fanout', id);
      lat.push((await d).at - t);
    }
    await settleDone(N + warm);
    const t1 = now(),
      b = await snap();
    out.fan = cfg.fan;
    out.steps_per_s = r2(((N * cfg.fan) / (t1 - t0)) * 1000);
    out.per_fanout_ms = quant(lat);
    out.cpu_s = cpu(a, b);
    if (usesPg) out.pg_per_step = pgDiff(a.pg, b.pg, N * cfg.fan);
  } else if (wl === 'W4') {
    const R = +(nArg ?? cfg.rounds);
    const id = 'h-0',
      lat = [],
      marks = [];
    const cap = +(process.env.W4_CAP_S ?? 60) * 1000,
      tEnd = now() + cap;
    await cl.start('history', id);
    await sleep(200);
    let i = 0,
      s0 = await snap();
    for (; i < R && now() < tEnd; i++) {
      if (process.env.W4_GAP_MS) await sleep(+process.env.W4_GAP_MS); // let the engine reach its wait before the signal comes
      const s = on((m) => m.t === 'step' && m.id === id && m.i === i);
      let t = now(),
        ok = await cl.signal(id, i);
      while (ok === false) {
        await sleep(5);
        t = now();
        ok = await cl.signal(id, i);
      }
      lat.push((await s).at - t);
      if ((i + 1) % 100 === 0) {
        const s1 = await snap();
        marks.push({
          upto: i + 1,
          med_ms: quant(lat.slice(-100)).p50,
          mean_ms: r2(lat.slice(-100).reduce((x, y) => x + y, 0) / 100),
          cpu_ms_per_round: r2((s1.w.cpu - s0.w.cpu + (s1.e - s0.e) + (usesPg ? s1.pg.cpu - s0.pg.cpu : 0)) * 10),
          worker_cpu_ms: r2((s1.w.cpu - s0.w.cpu) * 10),
          stmts: usesPg ? r2((s1.pg.stmts - s0.pg.stmts) / 100) : undefined,
          wal_bytes: usesPg ? Math.round((s1.pg.wal - s0.pg.wal) / 100) : undefined,
        });
        s0 = s1;
      }
    }
    out.rounds_done = i;
    out.first100 = marks[0];
    out.last100 = marks.at(-1);
    out.growth_ms = marks.length > 1 ? r2(marks.at(-1).mean_ms / marks[0].mean_ms) : null;
    out.growth_cpu = marks.length > 1 ? r2(marks.at(-1).cpu_ms_per_round / marks[0].cpu_ms_per_round) : null;
    out.curve_ms = marks.map((m) => m.mean_ms);
    out.curve_cpu = marks.map((m) => m.cpu_ms_per_round);
  } else if (wl === 'W5') {
    const N = +(nArg ?? cfg.latN),
      lat = [],
      tEnd = now() + cfg.latCap;
    for (let i = 0; i < N && now() < tEnd; i++) {
      const id = `s-${i}`,
        s = on((m) => m.t === 'step' && m.id === id && m.i === 0),
        d = on((m) => m.t === 'done' && m.id === id),
        t = now();
      await cl.start('hello', id);
      lat.push((await s).at - t);
      await d;
      await sleep(5);
    }
    out.start_to_step_ms = quant(lat);
  } else throw new Error('unknown workload ' + wl);
} catch (x) {
  out.error = String(x?.stack ?? x).slice(0, 400);
}
console.log(JSON.stringify(out));
try {
  child.send({ cmd: 'stop' });
} catch {}
await Promise.race([new Promise((r) => child.once('exit', r)), sleep(4000)]);
if (child.exitCode === null) child.kill('SIGKILL');
try {
  await Promise.race([cl.close?.(), sleep(3000)]);
} catch {}
process.exit(out.error ? 1 : 0);
