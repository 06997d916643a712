/**
 * What workflow code finds closed among the globals of its process: what acts on the world, goes on outside of the turn,
 * or answers what the log does not hold. Everywhere else these are what they were.
 */
import { ForbiddenInWorkflowError } from '../model/errors';

interface Refused {
  /** As code writes it, from the global object on. */
  readonly name: string;
  /** `call` of a function, `construct` of a class. */
  readonly use: 'call' | 'construct';
  /** What to do in its place: the end of the message. */
  readonly instead: string;
  /** Node itself and libraries go on using it for their own housekeeping, as the console, loggers and caches do. */
  readonly isLeftToLibraries?: true;
}

const inAction = 'Do it in an action and await context.actions.yourAction(...).';
const ofTheProcess = 'It differs between workers and runs: read it in an action.';
const measured = 'Measure in an action: the time of the log does not pass between two awaits.';
const unforeseeable = 'When memory is freed is not in the log: hold the value itself.';

/** The one table. Names that this Node does not have are passed over. */
export const refusedInWorkflows: readonly Refused[] = [
  { name: 'setTimeout', use: 'call', instead: 'Use context.sleep(duration).' },
  { name: 'setInterval', use: 'call', instead: 'Use a loop with context.sleep(duration).' },
  { name: 'setImmediate', use: 'call', instead: 'Workflow code goes on by itself after each await.' },
  {
    name: 'queueMicrotask',
    use: 'call',
    instead: 'Call an async function: an error in it reaches whoever awaits it.',
    isLeftToLibraries: true,
  },
  {
    name: 'process.nextTick',
    use: 'call',
    instead: 'Call an async function: an error in it reaches whoever awaits it.',
    isLeftToLibraries: true,
  },
  {
    name: 'AbortSignal.timeout',
    use: 'call',
    instead: 'Use context.sleep(duration), or the timeout of a wait or of an action.',
  },
  { name: 'Atomics.wait', use: 'call', instead: 'Use context.sleep(duration), or wait for an event.' },
  { name: 'Atomics.waitAsync', use: 'call', instead: 'Use context.sleep(duration), or wait for an event.' },
  { name: 'fetch', use: 'call', instead: 'Call it in an action and await context.actions.yourAction(...).' },
  { name: 'WebSocket', use: 'construct', instead: inAction },
  { name: 'EventSource', use: 'construct', instead: inAction },
  { name: 'MessageChannel', use: 'construct', instead: 'Use context.events between executions.' },
  { name: 'BroadcastChannel', use: 'construct', instead: 'Use context.events between executions.' },
  ...[
    'decrypt',
    'deriveBits',
    'deriveKey',
    'digest',
    'encrypt',
    'exportKey',
    'generateKey',
    'importKey',
    'sign',
    'unwrapKey',
    'verify',
    'wrapKey',
  ].map((method) => ({ name: `crypto.subtle.${method}`, use: 'call' as const, instead: inAction })),
  { name: 'WeakRef', use: 'construct', instead: unforeseeable, isLeftToLibraries: true },
  { name: 'FinalizationRegistry', use: 'construct', instead: unforeseeable, isLeftToLibraries: true },
  { name: 'performance.mark', use: 'call', instead: measured, isLeftToLibraries: true },
  { name: 'performance.measure', use: 'call', instead: measured, isLeftToLibraries: true },
  { name: 'performance.timerify', use: 'call', instead: measured, isLeftToLibraries: true },
  { name: 'performance.toJSON', use: 'call', instead: measured, isLeftToLibraries: true },
  { name: 'performance.eventLoopUtilization', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.uptime', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.cpuUsage', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.resourceUsage', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.memoryUsage', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.memoryUsage.rss', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.availableMemory', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
  { name: 'process.constrainedMemory', use: 'call', instead: ofTheProcess, isLeftToLibraries: true },
];

/** Puts guards in their places. Each asks `isInWorkflow` when it is used, and does nothing else outside. */
export function refuseInWorkflows(isInWorkflow: () => boolean): void {
  for (const refused of refusedInWorkflows) {
    const path = refused.name.split('.');
    const key = path.pop() ?? '';
    const owner = path.reduce<object | undefined>(memberOf, globalThis);
    if (owner && key in owner) guard(owner, key, refused, isInWorkflow);
  }
}

function memberOf(owner: object | undefined, name: string): object | undefined {
  const member: unknown = owner && Reflect.get(owner, name);
  return typeof member === 'object' || typeof member === 'function' ? (member ?? undefined) : undefined;
}

function guard(owner: object, key: string, refused: Refused, isInWorkflow: () => boolean): void {
  const { name, instead, use, isLeftToLibraries = false } = refused;
  const check: Check = (guarded) => {
    if (!isInWorkflow() || (isLeftToLibraries && isCalledByLibrary(guarded))) return;
    throw new ForbiddenInWorkflowError(name, instead);
  };
  const real: unknown = Reflect.get(owner, key);
  const value =
    use === 'construct' ? guardedClass(real as Constructor, check) : guardedFunction(real as AnyFunction, owner, check);
  Object.defineProperty(owner, key, {
    value,
    writable: true,
    enumerable: isEnumerable(owner, key),
    configurable: true,
  });
}

type AnyFunction = (...args: never[]) => unknown;
type Constructor = new (...args: unknown[]) => object;
/** @param guarded what stands in the stack above whoever uses the global. */
type Check = (guarded: AnyFunction) => void;

function guardedFunction(real: AnyFunction, owner: object, check: Check): AnyFunction {
  const guarded = (...args: never[]) => {
    check(guarded);
    return Reflect.apply(real, owner, args) as unknown;
  };
  return Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(real));
}

function guardedClass(real: Constructor, check: Check): Constructor {
  const construct = (target: Constructor, args: unknown[], newTarget: NewableFunction) => {
    check(construct);
    return Reflect.construct(target, args, newTarget) as object;
  };
  return new Proxy(real, { construct });
}

/** Members of a prototype are enumerable or not as they were there. */
function isEnumerable(owner: object, key: string): boolean {
  for (let at: object | null = owner; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found) return found.enumerable ?? false;
  }
  return false;
}

/** Asked of a call in workflow code alone: the frame that called tells whose it is. */
function isCalledByLibrary(guarded: AnyFunction): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  const caller: { readonly stack?: string } = {};
  Error.captureStackTrace(caller, guarded);
  Error.stackTraceLimit = stackTraceLimit;
  return /^\s+at .*(?:\bnode:|[\\/]node_modules[\\/])/m.test(caller.stack ?? '');
}
