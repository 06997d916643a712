/**
 * Makes workflow code deterministic in this process. Inside a workflow `Date`, `Math.random` and their like answer from
 * the log, and I/O that only actions may do throws an error that names the right call. Everywhere else they are what
 * they were.
 *
 * Executions take turns, so that one variable says whose code runs: following each of its promises would cost a third
 * of a worker's time. Only branches of our own combinators are followed through their awaits, from the first one that a
 * process meets.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ForbiddenInWorkflowError, ForeignAwaitError, NondeterminismError } from '../model/errors';
import type { Branch } from '../replay/branches';
import { uuidFrom } from '../replay/random';
import type { Drain, Sandbox, WorkflowScope } from '../replay/sandbox';
import { fixPlace } from './fixedPlace';
import { refuseInWorkflows } from './refusedInWorkflows';
import { TurnSeries } from './turnSeries';

/** Whose turn it is. */
let current: WorkflowScope | undefined;
const branches = new AsyncLocalStorage<Branch | undefined>();
const realSetImmediate = globalThis.setImmediate;
let installed = false;

const sandbox: Sandbox = {
  enter: (scope) => {
    current = scope;
  },
  runIn: (branch, code) => (branches.getStore() === branch ? code() : branches.run(branch, code)),
  branch: () => branches.getStore(),
};

/** Called with what was rejected outside of workflow code and awaited by nobody. */
let tellOfUnawaited: ((reason: unknown) => void) | undefined;

/**
 * The sandbox of this process. The first call installs it.
 * @param unawaited told of each promise that nobody awaits and that was rejected outside of workflow code, such as in
 *   the handler of an action. The process goes on then: one careless call must not end what all others do in it.
 *   Without it such a rejection ends the process, as it does everywhere.
 */
export function processSandbox(unawaited?: (reason: unknown) => void): Sandbox {
  tellOfUnawaited = unawaited ?? tellOfUnawaited;
  if (!installed) {
    installed = true;
    installClock();
    installRandom();
    fixPlace(() => current !== undefined);
    installRaces();
    refuseInWorkflows(() => current !== undefined);
    surviveUnawaited();
  }
  return sandbox;
}

/** Runs code that must see the real world, such as an action's handler, outside of any workflow. */
export function outsideWorkflow<T>(code: () => T): T {
  const scope = current;
  current = undefined;
  try {
    return sandbox.runIn(undefined, code);
  } finally {
    current = scope;
  }
}

/**
 * Turns in callbacks of `setImmediate` that follow each other directly: Node runs all microtasks between two of them,
 * and looks for I/O after the last.
 */
export const drainMacrotask: Drain = (turns) => {
  const series = new TurnSeries(turns);
  for (let left = turns.length; left >= 0; left -= 1) realSetImmediate(takeTurn, series);
  return series.settled;
};

function takeTurn(series: TurnSeries): void {
  current = undefined;
  series.next();
}

function installClock(): void {
  const RealDate = globalThis.Date;
  const realNow = RealDate.now;
  const now = () => current?.nowMs() ?? realNow();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) =>
      property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
  });
  // A date leads to its constructor, which must not be the one that knows the real time.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: Date, writable: true, configurable: true });
  installDateFormat();
  const realPerformanceNow = performance.now.bind(performance);
  performance.now = () => current?.nowMs() ?? realPerformanceNow();
  const { timeOrigin } = performance;
  // As `performance.now` counts from the epoch there.
  const get = () => (current ? 0 : timeOrigin);
  Object.defineProperty(performance, 'timeOrigin', { get, enumerable: true, configurable: true });
  installHrtime();
}

function installHrtime(): void {
  const { hrtime } = process;
  const real = { hrtime, bigint: hrtime.bigint };
  const nowNs = (scope: WorkflowScope) => BigInt(Math.trunc(scope.nowMs())) * 1_000_000n;
  const since = (ns: bigint, [seconds, nanoseconds]: readonly [number, number]): [number, number] => {
    const passed = ns - BigInt(seconds) * 1_000_000_000n - BigInt(nanoseconds);
    // Node rounds down too, so that nanoseconds are never below 0.
    const nanos = ((passed % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    return [Number((passed - nanos) / 1_000_000_000n), Number(nanos)];
  };
  process.hrtime = Object.assign(
    (earlier?: [number, number]) => (current ? since(nowNs(current), earlier ?? [0, 0]) : real.hrtime(earlier)),
    { bigint: () => (current ? nowNs(current) : real.bigint()) },
  );
}

/** What a format is given no date for, it formats now. */
function installDateFormat(): void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format');
  type Format = Intl.DateTimeFormat['format'];
  const realFormat = format?.get as ((this: Intl.DateTimeFormat) => Format) | undefined;
  if (!realFormat) return;
  Object.defineProperty(prototype, 'format', {
    ...format,
    get(this: Intl.DateTimeFormat): Format {
      const real = realFormat.call(this);
      return current ? (date) => real(date ?? current?.nowMs()) : real;
    },
  });
  const realParts = prototype.formatToParts;
  prototype.formatToParts = function formatToParts(date) {
    return realParts.call(this, date ?? current?.nowMs());
  };
}

function installRandom(): void {
  const realRandom = Math.random;
  Math.random = () => (current?.random ?? realRandom)();
  const { crypto } = globalThis;
  const realUuid = crypto.randomUUID.bind(crypto);
  const realValues = crypto.getRandomValues.bind(crypto);
  const uuid = () => {
    const scope = current;
    return scope ? uuidFrom(scope.random) : realUuid();
  };
  crypto.randomUUID = uuid as typeof crypto.randomUUID;
  crypto.getRandomValues = <T extends ArrayBufferView | null>(array: T): T => {
    const scope = current;
    if (!scope || array === null) return realValues(array as never);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(scope.random() * 256);
    return array;
  };
}

/** A wait that lost a race must not consume the next event, nor keep one that it was given at once. */
function installRaces(): void {
  const realRace = Promise.race.bind(Promise);
  const realAny = Promise.any.bind(Promise);
  type Combine = <T>(promises: Iterable<T | PromiseLike<T>>) => Promise<Awaited<T>>;
  const decided = (combine: Combine, { errorsDecide }: { readonly errorsDecide: boolean }): Combine =>
    function combineAndWithdraw<T>(promises: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>> {
      const scope = current;
      if (!scope) return combine(promises);
      const list = [...promises];
      const first = firstSettled(list, errorsDecide);
      const winner = combine(list);
      const withdraw = () => scope.withdraw(list.filter((_, index) => index !== first.index));
      winner.then(withdraw, withdraw);
      return winner;
    };
  Promise.race = decided(realRace, { errorsDecide: true }) as typeof Promise.race;
  Promise.any = decided(realAny, { errorsDecide: false }) as typeof Promise.any;
}

/** Listens to each promise before the race does, and so knows its winner by the time the race is decided. */
function firstSettled(list: readonly unknown[], errorsDecide: boolean): { readonly index: number | null } {
  const first: { index: number | null } = { index: null };
  for (const [index, each] of list.entries()) {
    if (!(each instanceof Promise)) continue;
    const won = () => {
      first.index ??= index;
    };
    each.then(won, errorsDecide ? won : () => undefined);
  }
  return first;
}

/**
 * A promise of workflow code that is rejected before anybody awaits it must not end the process, and with it every
 * other execution: the code may await it later. Of any other somebody is told, if there is anybody to be told.
 */
function surviveUnawaited(): void {
  process.on('unhandledRejection', (reason) => {
    if (current || isOfWorkflowCode(reason)) return;
    if (tellOfUnawaited) tellOfUnawaited(reason);
    else if (process.listenerCount('unhandledRejection') === 1) throw reason;
  });
}

/** Thrown in workflow code alone, also where that goes on by itself between the turns. */
function isOfWorkflowCode(reason: unknown): boolean {
  return [ForbiddenInWorkflowError, ForeignAwaitError, NondeterminismError].some((kind) => reason instanceof kind);
}
