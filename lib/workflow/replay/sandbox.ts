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
  withdraw(promises: readonly unknown[]): void;
}

export interface Sandbox {
  /** What runs from now until the end of this turn is code of this scope. */
  enter(scope: WorkflowScope): void;
  /** Runs code, and everything it continues with later, as code of the branch; undefined: of none. */
  runIn<T>(branch: Branch | undefined, code: () => T): T;
  /** The branch that the code running now belongs to. */
  branch(): Branch | undefined;
}

/** An entry, and the answer of the code to it. */
export interface Turn {
  /** Settles the entry. */
  begin(): void;
  /** Every continuation that this made ready has run. */
  end(): void;
}

/**
 * Takes turns one after the other. Between the two ends of each runs what it set going, for one macrotask, and nothing
 * else of this process. Rejects with the first error of a turn when all had theirs; a turn that fails to begin is not
 * ended.
 */
export type Drain = (turns: readonly Turn[]) => Promise<void>;
