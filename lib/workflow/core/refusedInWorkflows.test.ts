import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { ForbiddenInWorkflowError } from '../model/errors';
import type { WorkflowScope } from '../replay/sandbox';
import { refusedInWorkflows } from './refusedInWorkflows';
import { drainMacrotask, outsideWorkflow, processSandbox } from './sandbox';

const bytes = new Uint8Array(16);
const { subtle } = crypto;
const gcm = { name: 'AES-GCM', iv: bytes };
const usages: KeyUsage[] = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
const aes = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, usages);
const mac = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
const password = await subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits', 'deriveKey']);
const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes, iterations: 1 };
const sealed = await subtle.encrypt(gcm, aes, bytes);
const wrapped = await subtle.wrapKey('raw', mac, aes, gcm);
const shared = () => new Int32Array(new SharedArrayBuffer(4));
const nothing = () => undefined;

/** A use of each that does no harm, and answers something. */
const uses: Readonly<Record<string, () => unknown>> = {
  setTimeout: () => clearTimeout(setTimeout(nothing, 0)),
  setInterval: () => clearInterval(setInterval(nothing, 1_000)),
  setImmediate: () => clearImmediate(setImmediate(nothing)),
  queueMicrotask: () => queueMicrotask(nothing),
  'process.nextTick': () => process.nextTick(nothing),
  'AbortSignal.timeout': () => AbortSignal.timeout(60_000),
  'Atomics.wait': () => Atomics.wait(shared(), 0, 1, 0),
  'Atomics.waitAsync': () => (Atomics as unknown as { waitAsync: typeof Atomics.wait }).waitAsync(shared(), 0, 1, 0),
  fetch: () => fetch('data:,here'),
  MessageChannel: () => new MessageChannel().port1.close(),
  BroadcastChannel: () => new BroadcastChannel('here').close(),
  WeakRef: () => new WeakRef({}).deref(),
  FinalizationRegistry: () => new FinalizationRegistry(nothing).unregister({}),
  'crypto.subtle.decrypt': () => crypto.subtle.decrypt(gcm, aes, sealed),
  'crypto.subtle.deriveBits': () => crypto.subtle.deriveBits(pbkdf2, password, 128),
  'crypto.subtle.deriveKey': () => crypto.subtle.deriveKey(pbkdf2, password, gcmOf(128), true, usages),
  'crypto.subtle.digest': () => crypto.subtle.digest('SHA-256', bytes),
  'crypto.subtle.encrypt': () => crypto.subtle.encrypt(gcm, aes, bytes),
  'crypto.subtle.exportKey': () => crypto.subtle.exportKey('raw', aes),
  'crypto.subtle.generateKey': () => crypto.subtle.generateKey(gcmOf(128), true, usages),
  'crypto.subtle.importKey': () => crypto.subtle.importKey('raw', bytes, 'AES-GCM', true, usages),
  'crypto.subtle.sign': () => crypto.subtle.sign('HMAC', mac, bytes),
  'crypto.subtle.unwrapKey': () =>
    crypto.subtle.unwrapKey('raw', wrapped, aes, gcm, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
  'crypto.subtle.verify': () => crypto.subtle.verify('HMAC', mac, bytes, bytes),
  'crypto.subtle.wrapKey': () => crypto.subtle.wrapKey('raw', mac, aes, gcm),
  'performance.mark': () => performance.mark('here'),
  'performance.measure': () => performance.measure('here'),
  'performance.timerify': () => performance.timerify(nothing),
  'performance.toJSON': () => performance.toJSON() as unknown,
  'performance.eventLoopUtilization': () => performance.eventLoopUtilization(),
  'process.uptime': () => process.uptime(),
  'process.cpuUsage': () => process.cpuUsage(),
  'process.resourceUsage': () => process.resourceUsage(),
  'process.memoryUsage': () => process.memoryUsage(),
  'process.memoryUsage.rss': () => process.memoryUsage.rss(),
  'process.availableMemory': () => process.availableMemory(),
  'process.constrainedMemory': () => process.constrainedMemory(),
};

function gcmOf(length: number) {
  return { name: 'AES-GCM', length };
}

/** Not in every release of Node. */
const newer = ['WebSocket', 'EventSource'];
const present = refusedInWorkflows.filter(({ name }) => !newer.includes(name) || name in globalThis);

/** What a turn of workflow code throws, or answers. */
async function inWorkflow(code: () => unknown): Promise<unknown> {
  const scope: WorkflowScope = { nowMs: () => 1, random: () => 0.5, withdraw: () => undefined };
  let seen: unknown;
  const begin = () => {
    processSandbox().enter(scope);
    try {
      seen = code();
    } catch (error) {
      seen = error;
    }
  };
  await drainMacrotask([{ begin, end: () => undefined }]);
  return seen;
}

describe('what workflow code may not use', () => {
  const use = (name: string): unknown => {
    if (newer.includes(name))
      return Reflect.construct(Reflect.get(globalThis, name) as new () => object, ['ws://[::1]:1']);
    const code = uses[name];
    if (!code) throw new Error(`Say how ${name} is used.`);
    return code();
  };

  it.each(present)('is refused by name: $name', async ({ name, instead }) => {
    const thrown = await inWorkflow(() => use(name));
    expect(thrown).toBeInstanceOf(ForbiddenInWorkflowError);
    expect(thrown).toMatchObject({
      code: 'forbidden_in_workflow',
      message: `${name} cannot be used in workflow code, which is run again from its log. ${instead}`,
    });
  });

  it.each(Object.keys(uses))('works everywhere else, as before: %s', async (name) => {
    processSandbox();
    await use(name);
    const seen = await inWorkflow(() => outsideWorkflow(() => use(name)));
    expect(seen).not.toBeInstanceOf(Error);
    await seen;
  });

  it('leaves classes what they are to whoever asks', () => {
    processSandbox();
    class Held extends WeakRef<object> {}
    expect(new Held({})).toBeInstanceOf(WeakRef);
    const { port1 } = new MessageChannel();
    expect(port1).toBeInstanceOf(MessagePort);
    port1.close();
  });

  it(
    'leaves Node and libraries what they put off, so that the console works in workflow code',
    { timeout: 60_000 },
    () => {
      const script = `
      import { drainMacrotask, processSandbox } from './lib/workflow/core/sandbox.ts';
      const scope = { nowMs: () => 1, random: () => 0.5, withdraw: () => undefined };
      const begin = () => {
        processSandbox().enter(scope);
        console.log('printed');
        process.stdout.write('written\\n', () => process.stdout.write('called back\\n'));
        process.emitWarning('warned');
      };
      await drainMacrotask([{ begin, end: () => undefined }]);`;
      const args = ['--import', 'tsx', '--input-type=module', '-e', script];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'printed\nwritten\ncalled back\n' });
      expect(stderr).toContain('Warning: warned');
    },
  );
});
