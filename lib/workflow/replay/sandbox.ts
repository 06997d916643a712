/**
 * What replay needs from its host, as ports: it has no clock, no randomness and no scheduler of its own.
 */
import type { Branch } from './branches';

/** What `Date`, `Math.random` and their like answer inside workflow code. */
export interface WorkflowScope {
  /** The stamp of the entry being handled, in milliseconds since the epoch. */
  nowMs(): number;
  random(): number;
  /** A race or any of these promises was decided: those of them that still wait for events are withdrawn. */
  withdraw(promises: Iterable<unknown>): void;
  /** The branch of our own combinators that the code is in. */
  readonly branch?: Branch;
}

export interface Sandbox {
  /** Runs code, and everything it continues with later, inside the scope. */
  run<T>(scope: WorkflowScope, code: () => T): T;
  /** The scope of the code that is running now. */
  current(): WorkflowScope | undefined;
}

/** Resolves after every continuation that is ready now has run: one macrotask. */
export type Drain = () => Promise<void>;
