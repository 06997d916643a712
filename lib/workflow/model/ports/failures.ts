/**
 * What cannot go on by itself. Executions that may be why a worker ended are suspects: a worker that ends while it runs
 * one of them alone gives it a strike, and after some strikes it is put aside as a dead letter. Nothing here is written for executions that
 * nothing disturbs.
 */
import type { RecordedError } from '../errors';
import type { ExecutionKey } from './store';

/**
 * - `poison`: every worker that ran the execution ended; it is not run again before it is redriven.
 * - `bad_row`: what the execution did cannot be written; it is tried again with other code, or when it is redriven.
 * - `undeliverable`: an event reached an execution that had ended.
 */
export const deadLetterKinds = ['poison', 'bad_row', 'undeliverable'] as const;
export type DeadLetterKind = (typeof deadLetterKinds)[number];

/** `code` of the error of an execution that is put aside as poison. */
export const poisonCode = 'poison';

export interface Suspect extends ExecutionKey {
  readonly strikes: number;
  /** The action that was under way when the loop stood still; null: its code ran, or nothing is known. */
  readonly commandId: string | null;
  /**
   * How many were noted to run in a worker that ended while this one ran: the fewest there ever were. 0: none ended so.
   * One of them is why, so with fewer beside it the next end tells more.
   */
  readonly company: number;
  /** For how long it had run in the last worker that ended so, in milliseconds, until that was noticed. */
  readonly ranMs: number;
}

/** What a new owner must know of its partitions before it runs anything in them. */
export interface Examination {
  /** Put aside now, in this very commit. */
  readonly condemned: readonly (ExecutionKey & { readonly tenant: string })[];
  readonly suspects: readonly Suspect[];
  /** Partitions whose last owner was fenced. What was at work in them may be why. */
  readonly unclean: readonly number[];
}

export interface FailureStore {
  /** Puts aside what has `maxStrikes` strikes or more, and tells of the rest. Condemns nothing for a fenced worker. */
  examine(query: {
    readonly workerId: string;
    readonly partitions: readonly number[];
    readonly maxStrikes: number;
  }): Promise<Examination>;

  /**
   * Notes that this worker is about to run these executions. Should it end meanwhile, one that is noted alone gets a
   * strike; of several nobody does, and how many they were and for how long each had run is kept.
   */
  noteActivations(note: { readonly workerId: string; readonly executions: readonly ExecutionKey[] }): Promise<void>;

  /** They ran and the worker lives: their strikes are forgotten. */
  clearActivations(note: { readonly workerId: string; readonly executions: readonly ExecutionKey[] }): Promise<void>;

  /** Somebody else goes on with them, and is told what is known: from now on the end of this worker counts for nothing. */
  handOverActivations(note: { readonly workerId: string; readonly executions: readonly ExecutionKey[] }): Promise<void>;

  /** Puts an execution aside. One that is aside already stays as it is. */
  putAside(letter: {
    readonly workerId: string;
    readonly execution: ExecutionKey;
    readonly kind: Exclude<DeadLetterKind, 'undeliverable'>;
    readonly reason: string;
    readonly error: RecordedError;
  }): Promise<void>;

  /** Lets executions go on whose dead letters somebody has redriven. Answers with those that do. */
  applyRedrives(batch: {
    readonly workerId: string;
    readonly executions: readonly ExecutionKey[];
  }): Promise<readonly ExecutionKey[]>;
}
