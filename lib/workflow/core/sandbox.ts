/**
 * Makes workflow code deterministic in this process. Inside a workflow `Date`, `Math.random` and their like answer from
 * the log, and I/O that only actions may do throws an error that names the right call. Everywhere else they are what
 * they were. The scope follows the code through its awaits.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ForbiddenInWorkflowError } from '../model/errors';
import { uuidFrom } from '../replay/random';
import type { Drain, Sandbox, WorkflowScope } from '../replay/sandbox';

const scopes = new AsyncLocalStorage<WorkflowScope | undefined>();
const realSetImmediate = globalThis.setImmediate;
let installed = false;

/** The sandbox of this process. The first call installs it. */
export function processSandbox(): Sandbox {
  if (!installed) {
    installed = true;
    installClock();
    installRandom();
    installRaces();
    forbidSideEffects();
    surviveUnawaited();
  }
  return { run: (scope, code) => scopes.run(scope, code), current: () => scopes.getStore() };
}

/** Runs code that must see the real world, such as an action's handler, outside of any workflow. */
export function outsideWorkflow<T>(code: () => T): T {
  // Not `exit`, which switches the tracking of promises off and on again for the whole process.
  return scopes.getStore() === undefined ? code() : scopes.run(undefined, code);
}

/** One macrotask: all continuations that are ready have run when it resolves. */
export const drainMacrotask: Drain = () => new Promise((resolve) => realSetImmediate(resolve));

function installClock(): void {
  const RealDate = globalThis.Date;
  const realNow = RealDate.now;
  const now = () => scopes.getStore()?.nowMs() ?? realNow();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) =>
      property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
  });
  const realPerformanceNow = performance.now.bind(performance);
  performance.now = () => scopes.getStore()?.nowMs() ?? realPerformanceNow();
}

function installRandom(): void {
  const realRandom = Math.random;
  Math.random = () => (scopes.getStore()?.random ?? realRandom)();
  const { crypto } = globalThis;
  const realUuid = crypto.randomUUID.bind(crypto);
  const realValues = crypto.getRandomValues.bind(crypto);
  const uuid = () => {
    const scope = scopes.getStore();
    return scope ? uuidFrom(scope.random) : realUuid();
  };
  crypto.randomUUID = uuid as typeof crypto.randomUUID;
  crypto.getRandomValues = <T extends ArrayBufferView | null>(array: T): T => {
    const scope = scopes.getStore();
    if (!scope || array === null) return realValues(array as never);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(scope.random() * 256);
    return array;
  };
}

/** A wait that lost a race must not consume the next event. */
function installRaces(): void {
  const realRace = Promise.race.bind(Promise);
  const realAny = Promise.any.bind(Promise);
  const decided = <T>(combine: (promises: Iterable<T | PromiseLike<T>>) => Promise<Awaited<T>>) =>
    function combineAndWithdraw(promises: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>> {
      const scope = scopes.getStore();
      if (!scope) return combine(promises);
      const list = [...promises];
      const winner = combine(list);
      const withdraw = () => scope.withdraw(list);
      winner.then(withdraw, withdraw);
      return winner;
    };
  Promise.race = decided(realRace) as typeof Promise.race;
  Promise.any = decided(realAny) as typeof Promise.any;
}

/**
 * A promise of workflow code that is rejected before anybody awaits it must not end the process, and with it every
 * other execution: the code may await it later. Everywhere else such a rejection ends the process as it always does.
 */
function surviveUnawaited(): void {
  process.on('unhandledRejection', (reason) => {
    if (!scopes.getStore() && process.listenerCount('unhandledRejection') === 1) throw reason;
  });
}

function forbidSideEffects(): void {
  forbid('setTimeout', 'Use context.sleep(duration).');
  forbid('setInterval', 'Use a loop with context.sleep(duration).');
  forbid('setImmediate', 'Workflow code goes on by itself after each await.');
  forbid('fetch', 'Call it in an action and await context.actions.yourAction(...).');
}

function forbid(name: 'setTimeout' | 'setInterval' | 'setImmediate' | 'fetch', instead: string): void {
  const real = globalThis[name] as (...args: unknown[]) => unknown;
  const guarded = Object.assign((...args: unknown[]) => {
    if (scopes.getStore()) throw new ForbiddenInWorkflowError(name, instead);
    return real(...args);
  }, real);
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(real));
  Object.defineProperty(globalThis, name, { value: guarded, writable: true, configurable: true });
}
