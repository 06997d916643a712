/** The server actions on many tasks as components get them, and what becomes of each task. */
import type { ActionAnswer } from '@/components/ui/action-types';
import type { SharedForm } from '@/lib/queries/shared-form';
import type { BulkAnswer } from '@shared/workflow/model/bulkAnswer';

export type BulkAct = (taskIds: readonly string[]) => Promise<ActionAnswer<readonly BulkAnswer[]>>;

type ManyTasks<More = unknown> = (
  input: { readonly taskIds: string[] } & More,
) => Promise<ActionAnswer<readonly BulkAnswer[]>>;

export interface BulkActions {
  readonly claim: ManyTasks;
  readonly release: ManyTasks;
  /** Takes back what made these versions. */
  readonly undo: (input: {
    readonly changes: { readonly taskId: string; readonly version: number }[];
  }) => Promise<ActionAnswer<readonly BulkAnswer[]>>;
  readonly assign: ManyTasks<{ readonly to: string; readonly note?: string }>;
  readonly complete: ManyTasks<{
    readonly outcome: string | null;
    readonly data: Readonly<Record<string, unknown>>;
  }>;
  /** What can be answered for all tasks that have the form of this one. */
  readonly form: (input: { readonly taskId: string }) => Promise<ActionAnswer<SharedForm | null>>;
}

/** Why nothing became of one task. */
export interface Refusal {
  readonly taskId: string;
  readonly title: string;
  readonly message: string;
}
