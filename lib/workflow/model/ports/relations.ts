/** What a commit of one execution does to others. Most commits do nothing of it. */
import type { EntryBody, NewEntry } from '../history';
import type { ChildEnd, ParentLink } from '../relations';

/** A row and the first entry of a log, both written by the commit that logs `child_started`. */
export interface ChildStart {
  readonly commandId: string;
  readonly executionId: string;
  readonly partitionId: number;
  readonly workflow: string;
  /** null: the current version of the workflow's registration. */
  readonly version: string | null;
  readonly workflowKey: string | null;
  /** The version is filled in by the store. */
  readonly started: Omit<EntryBody<'execution_started'>, 'version'>;
}

/** The next run, on the partition of the run that it continues. */
export interface Successor {
  readonly executionId: string;
  /** Entry 1 of its log; workflow and version are filled in by the store. */
  readonly started: Omit<EntryBody<'execution_started'>, 'version'>;
  /** Entries 2 and up: what its predecessor received and did not consume. */
  readonly mail: readonly NewEntry[];
}

/** What becomes of a child whose parent ends. */
export interface ChildClosing {
  readonly executionId: string;
  readonly partitionId: number;
  readonly policy: 'terminate' | 'cancel';
}

export interface FlushRelations {
  /**
   * A child whose workflow nobody registered, or whose key is taken, is not started: its parent finds its failed end in
   * its inbox, by the same commit.
   */
  readonly childrenStarted: readonly ChildStart[];
  /** Word of this execution's end for its parent's inbox. */
  readonly parentTold: { readonly parent: ParentLink; readonly end: ChildEnd } | null;
  readonly childrenClosed: readonly ChildClosing[];
  /** Takes over the inbox too; what is sent to this execution later is handed on by its owner. */
  readonly successor: Successor | null;
}
