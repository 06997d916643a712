/** The server actions of tasks as components get them: pages hand them down. */
import type { ActionAnswer } from '@/components/ui/action-types';

type Act<More = unknown, Value = unknown> = (input: { readonly taskId: string } & More) => Promise<ActionAnswer<Value>>;

/** How a task is after a change: taking it back names the version that it made. */
export interface TaskChanged {
  readonly version: number;
}
type Change<More = unknown> = Act<More, TaskChanged>;

type HandoverAction = Change<{ readonly to: string; readonly note?: string }>;
type TextAction = Change<{ readonly text: string }>;

export interface TaskActions {
  readonly claim: Change;
  readonly release: Change;
  /** Takes back the change that made this version. */
  readonly undo: Change<{ readonly version: number }>;
  readonly complete: Act<{ readonly outcome: string | null; readonly data: Readonly<Record<string, unknown>> }>;
  readonly saveDraft: Act<{ readonly data: Readonly<Record<string, unknown>> }>;
  readonly decline: Change<{ readonly reason: string }>;
  readonly assign: HandoverAction;
  readonly delegate: HandoverAction;
  readonly forward: HandoverAction;
  readonly giveBack: Change<{ readonly note?: string }>;
  readonly ask: Change<{ readonly to: string; readonly text: string }>;
  readonly answer: TextAction;
  readonly withdraw: Change;
  readonly comment: TextAction;
  /** What is left out stays; null takes a date away. */
  readonly plan: Change<{
    readonly plan: {
      readonly priority?: 'low' | 'normal' | 'high' | 'urgent';
      readonly dueAt?: string | null;
      readonly followUpAt?: string | null;
    };
  }>;
}
