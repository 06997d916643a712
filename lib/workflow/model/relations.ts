/** How executions belong to each other: children, continuations, forks. */
import type { RecordedError } from './errors';
import type { JsonValue } from './json';

/**
 * What becomes of a child when its parent ends, in whatever way, before it: `terminate` ends it at once, `cancel` lets
 * it clean up, `abandon` lets it go on by itself.
 */
export type ParentClosePolicy = 'terminate' | 'cancel' | 'abandon';

/** Where a child sends word of its end. */
export interface ParentLink {
  readonly executionId: string;
  readonly partitionId: number;
  /** The command of the parent that started the child. */
  readonly commandId: string;
}

/** What the parent's log keeps of a child's start. The child's own log has its data. */
export interface ChildStarted {
  readonly workflow: string;
  readonly childExecutionId: string;
  readonly partitionId: number;
  readonly parentClosePolicy: ParentClosePolicy;
  readonly argsHash: string;
}

/** How a child ended, as its parent's log keeps it. A child that could not be started has failed. */
export interface ChildEnd {
  /** The command of the parent that started the child. */
  readonly commandId: string;
  /** The child as it was started; a continuation of it may be what ended. */
  readonly childExecutionId: string;
  readonly status: 'completed' | 'failed' | 'canceled' | 'terminated';
  readonly result: JsonValue;
  readonly error: RecordedError | null;
}

export interface ForkOrigin {
  readonly executionId: string;
  /** Entries up to this one were copied. */
  readonly atSeq: number;
  readonly reason: string | null;
  /** Children that the copied entries tell of, by the command that started them: their ids must stay the same. */
  readonly children: { readonly [commandId: string]: string };
}
