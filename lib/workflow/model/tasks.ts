/** What workflow code asks of people: `context.tasks`. */
import type { CreateTaskRequest } from './commands';
import type { HumanTaskDefinition } from './humanTasks';
import type { JsonObject } from './json';
import type { Loose } from './loose';

/** In `distinctFrom`: whoever started the execution. */
export const requester = '@requester';

/**
 * Parameters of `context.tasks.ask`: those of `createHumanTask`, and how long to wait.
 *
 * @typeParam Context what the task's form shows.
 */
export type AskOptions<Context = JsonObject> = Omit<
  CreateTaskRequest,
  'taskType' | 'title' | 'contextData' | 'expiresIn' | 'onExpiry' | 'completionEvent' | 'distinctFrom'
> & {
  readonly title?: string;
  /** How long to wait for an answer: `3 days`, or milliseconds. Without it: for ever. */
  readonly timeout?: string | number;
  /** What happens then: see `onExpiry` of `createHumanTask`. */
  readonly onTimeout?: CreateTaskRequest['onExpiry'];
  /**
   * Who must not decide (four eyes): ids of people, `requester`, and earlier decisions, which stand for who made them.
   * A decision that nobody made excludes nobody.
   */
  readonly distinctFrom?: readonly (string | { readonly by: string | null })[];
} & (Record<never, never> extends Context ? { readonly contextData?: Context } : { readonly contextData: Context });

/** How a task ended. `completed` without `by`: the automatic outcome of a task that nobody answered in time. */
export type Decision<Outcome extends string | null = string | null> = {
  readonly taskId: string;
  readonly formVersion: number | null;
} & (
  | { readonly status: 'completed'; readonly outcome: Outcome; readonly output: Loose; readonly by: string | null }
  | {
      readonly status: 'declined';
      readonly outcome: null;
      readonly output: { readonly reason: string };
      readonly by: string;
    }
  | { readonly status: 'expired'; readonly outcome: null; readonly output: null; readonly by: null }
);

export interface WorkflowTasks {
  /**
   * Creates a task, waits for its end and answers how it ended: one call for `actions.createHumanTask` and the wait.
   * @throws ActionError where the task cannot be created, for an unknown type of task for one.
   */
  ask<Outcome extends string | null, Context>(
    task: HumanTaskDefinition<Outcome, Context>,
    ...options: Record<never, never> extends Context ? [AskOptions<Context>?] : [AskOptions<Context>]
  ): Promise<Decision<Outcome>>;
  ask(taskType: string, options?: AskOptions): Promise<Decision>;
}
