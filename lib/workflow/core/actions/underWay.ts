/**
 * Which actions' handlers may be why the loop stands still. The watchdog's thread asks for that through the inspector,
 * which is answered in the midst of a loop that never yields. Calls cost nothing for it: what is under way is known
 * anyway, and only calls of executions that were blamed before are followed through their awaits, which tells exactly
 * which of them runs.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

interface Call {
  readonly executionId: string;
  readonly commandId: string;
  readonly isFollowed: boolean;
}

/** Parsed by the thread, which is plain JavaScript: `watchdogThread.mjs`. */
interface HandlersNow {
  /** The call whose handler runs now, of those that are followed. */
  readonly running: Call | null;
  /** All others under way: the one that runs may be among them. */
  readonly underWay: readonly Call[];
}

const mostNamed = 1_000;
const followed = new AsyncLocalStorage<Call>();
const runners = new Set<ReadonlySet<Call>>();

/** From now on the calls in this set are known to be under way, here and to the watchdog's thread. */
export function tellUnderWay(calls: ReadonlySet<Call>): void {
  runners.add(calls);
  // A build may hold this module twice: the copy that runs actions is the one to be asked.
  Object.defineProperty(globalThis, Symbol.for('baton.handlersNow'), { value: handlersNow, configurable: true });
}

/** Runs a call so that it is known wherever its code goes on. Makes every promise of the process a little dearer. */
export function follow<T>(call: Call, code: () => T): T {
  return followed.run(call, code);
}

function handlersNow(): HandlersNow {
  const others = [...runners].flatMap((calls) => [...calls].filter((call) => !call.isFollowed));
  const named = ({ executionId, commandId, isFollowed }: Call): Call => ({ executionId, commandId, isFollowed });
  const running = followed.getStore();
  return { running: running ? named(running) : null, underWay: others.slice(0, mostNamed).map(named) };
}
