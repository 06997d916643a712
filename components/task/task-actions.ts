/** The server actions of tasks as components get them: pages hand them down. */
import type { ActionAnswer } from '@/components/ui/action-types';

type Act<More = unknown> = (input: { readonly taskId: string } & More) => Promise<ActionAnswer>;

export type TaskAction = Act;
export type HandoverAction = Act<{ readonly to: string; readonly note?: string }>;
export type TextAction = Act<{ readonly text: string }>;

export interface TaskActions {
  readonly claim: TaskAction;
  readonly release: TaskAction;
  readonly complete: Act<{ readonly outcome: string; readonly data: Readonly<Record<string, unknown>> }>;
  readonly saveDraft: Act<{ readonly data: Readonly<Record<string, unknown>> }>;
  readonly decline: Act<{ readonly reason: string }>;
  readonly assign: HandoverAction;
  readonly delegate: HandoverAction;
  readonly forward: HandoverAction;
  readonly giveBack: Act<{ readonly note?: string }>;
  readonly ask: Act<{ readonly to: string; readonly text: string }>;
  readonly answer: TextAction;
  readonly withdraw: TaskAction;
  readonly comment: TextAction;
  /** What is left out stays; null takes a date away. */
  readonly plan: Act<{
    readonly plan: {
      readonly priority?: 'low' | 'normal' | 'high' | 'urgent';
      readonly dueAt?: string | null;
      readonly followUpAt?: string | null;
    };
  }>;
}
