// Restate single node from the npm-shipped binary, default single-node settings, data dir wiped per run.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { createRequire } from 'node:module';
import { sleep } from '../lib.mjs';
export const usesPg = false;
const ING = 58080,
  ADM = 59070,
  NODE = 55122,
  SVC = 59080;
let srv;
const bin = () =>
  createRequire(import.meta.url)
    .resolve('@restatedev/restate-server-linux-x64/package.json')
    .replace('package.json', 'bin/restate-server');
export async function prepare(cfg) {
  const dir = cfg.run + '/restate';
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  const log = fs.openSync(cfg.run + '/log/restate.log', 'w');
  srv = spawn(bin(), ['--base-dir', dir, '--no-logo'], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      RESTATE_NODE_NAME: 'n1',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(NODE),
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_ADMIN__BIND_PORT: String(ADM),
      RESTATE_INGRESS__BIND_PORT: String(ING),
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'warn',
      ...(cfg.sync === 'off' ? {} : {}),
    },
  });
  process.on('exit', () => srv.kill('SIGKILL'));
  for (let i = 0; i < 300; i++) {
    try {
      if (
        (await fetch(`http://127.0.0.1:${ADM}/health`)).ok &&
        (await fetch(`http://127.0.0.1:${ING}/restate/health`)).ok
      )
        return;
    } catch {}
    await sleep(100);
  }
  throw new Error('restate not healthy');
}
export async function worker(cfg, h) {
  // the SDK wants Node 22 (Promise.withResolvers); this machine has 20, so supply it
  Promise.withResolvers ??= function () {
    let resolve, reject;
    const promise = new this((a, b) => {
      resolve = a;
      reject = b;
    });
    return { promise, resolve, reject };
  };
  console.error = () => {};
  console.warn = () => {};
  console.info = () => {};
  const restate = await import('@restatedev/restate-sdk');
  const signal = async (ctx, { r }) => {
    await ctx.promise('r' + r).resolve({ ok: true });
  };
  const st = (ctx, id, i) => ctx.run('s' + i, async () => h.step(id, i));
  const fns = {
    pipeline: async (ctx) => {
      const id = ctx.key;
      for (let i = 0; i < 5; i++) await st(ctx, id, i);
      return h.done(id);
    },
    approval: async (ctx) => {
      const id = ctx.key;
      await st(ctx, id, 0);
      await ctx.promise('r0');
      await st(ctx, id, 1);
      return h.done(id);
    },
    fanout: async (ctx) => {
      const id = ctx.key;
      await restate.RestatePromise.all(Array.from({ length: cfg.fan }, (_, i) => st(ctx, id, i)));
      return h.done(id);
    },
    history: async (ctx) => {
      const id = ctx.key;
      for (let i = 0; i < cfg.rounds; i++) {
        await ctx.promise('r' + i);
        await st(ctx, id, i);
      }
      return h.done(id);
    },
    hello: async (ctx) => {
      const id = ctx.key;
      await st(ctx, id, 0);
      return h.done(id);
    },
  };
  let ep = restate.endpoint();
  for (const k in fns)
    ep = ep.bind(
      restate.workflow({
        name: k,
        handlers: { run: fns[k], signal },
        options: process.env.RESTATE_INACT_MS ? { inactivityTimeout: +process.env.RESTATE_INACT_MS } : {},
      }),
    );
  await ep.listen(SVC);
  return { stop() {} };
}
export async function client(cfg) {
  const r = await fetch(`http://127.0.0.1:${ADM}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${SVC}` }),
  });
  if (!r.ok) throw new Error('deploy ' + (await r.text()));
  const post = async (p, b) => {
    const x = await fetch(`http://127.0.0.1:${ING}/${p}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(b),
    });
    if (!x.ok) throw new Error(p + ' ' + x.status + ' ' + (await x.text()));
    await x.arrayBuffer();
  };
  const kindOf = (id) => (id.startsWith('h-') ? 'history' : 'approval');
  return {
    start: (kind, id) => post(`${kind}/${id}/run/send`, {}),
    signal: async (id, n) => {
      await post(`${kindOf(id)}/${id}/signal`, { r: n });
    },
    pids: () => [srv.pid],
    close: () => srv.kill('SIGTERM'),
  };
}
