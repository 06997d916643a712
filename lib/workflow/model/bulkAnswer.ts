import type { FieldError } from './errors';
import type { TaskStatus } from './status';

/** What became of one task. `message` says why nothing did, and by whom where somebody else was first. */
export type BulkAnswer =
  | { readonly taskId: string; readonly ok: true; readonly status: TaskStatus; readonly version: number }
  | {
      readonly taskId: string;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly fieldErrors?: readonly FieldError[];
    };
