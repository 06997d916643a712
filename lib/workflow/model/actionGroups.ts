/** Groups of actions: what depends on what, and what a failure means for the others. */
import type { Loose } from './loose';

/**
 * What the failure of an action means:
 * - `stop` (default): no further wave begins;
 * - `continue`: only what depends on it is left out;
 * - `retry`: it is run again, up to `retry.attempts`; when that did not help, as `stop`;
 * - `compensate`: what had succeeded is undone, latest first, and no further wave begins.
 */
export type FailureStrategy = 'stop' | 'continue' | 'retry' | 'compensate';

export interface ActionToExecute {
  /** What others refer to in `dependsOn`; the action's name unless given. */
  readonly id?: string;
  readonly actionName: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Ids of actions that must have succeeded before, and of sync points that must have been reached. */
  readonly dependsOn?: readonly string[];
  /** The group's strategy unless given. */
  readonly onError?: FailureStrategy;
  /** For the strategy `retry`. Default 3 attempts; pauses begin at 200 ms and double. */
  readonly retry?: { readonly attempts?: number; readonly backoffMs?: number };
  /** Undoes this action when another one's failure asks for it. Its parameters may be made from the result. */
  readonly compensateWith?: {
    readonly actionName: string;
    readonly parameters?: Readonly<Record<string, unknown>> | ((result: Loose) => Readonly<Record<string, unknown>>);
  };
}

/** A join: others depend on it instead of on each of these. */
export interface SyncPoint {
  readonly syncPoint: string;
  readonly dependsOn: readonly string[];
  /** `succeeded` (default): all of them did. `settled`: all of them ended, however. */
  readonly when?: 'succeeded' | 'settled';
}

export type GroupMember = ActionToExecute | SyncPoint;

export interface GroupOptions {
  /** The strategy of actions that name none. */
  readonly onError?: FailureStrategy;
  /** All in one transaction: every action must be a database action, and any failure undoes all of them. */
  readonly transaction?: boolean;
}

export interface ExecutedAction {
  readonly id: string;
  readonly actionName: string;
  readonly success: boolean;
  readonly result?: Loose;
  /** Why it failed, or why it was not begun. */
  readonly error?: string;
  /** Not begun, because of another one's failure. */
  readonly skipped?: true;
  /** It had succeeded and was undone; with `compensationError` undoing it failed. */
  readonly compensated?: boolean;
  readonly compensationError?: string;
}
