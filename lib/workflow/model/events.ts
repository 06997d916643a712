import type { JsonValue } from './json';
import type { Loose } from './loose';

/**
 * What `waitFor` returns and what a workflow is triggered by. `type` is the key in the event catalogue, `name` is what
 * waits match on.
 */
export interface WorkflowEvent<Payload = Loose> {
  readonly name: string;
  readonly type: string;
  readonly payload: Payload;
  readonly user_id: string | null;
  readonly event_id: string;
  /** ISO 8601, UTC: when it was submitted. */
  readonly timestamp: string;
}

/** How a task ended: the payload of its completion event. */
export interface TaskEnd {
  readonly taskId: string;
  readonly status: 'completed' | 'declined' | 'canceled' | 'expired';
  readonly outcome: string | null;
  readonly output: JsonValue;
  /** Who ended it; null when nobody did (expiry). */
  readonly by: string | null;
  readonly formVersion: number | null;
}

/** Name of the event that tells what became of an action whose outcome was lost. Workflow code never sees it. */
export const uncertainActionEvent = (commandId: string): string => `Action:${commandId}:DidThisHappen`;

/** The command that such an event is about; null for every other event. */
export function commandOfUncertainActionEvent(eventName: string): string | null {
  return /^Action:(.+):DidThisHappen$/.exec(eventName)?.[1] ?? null;
}

/** Name of the event that tells of a task's end unless its definition names another. */
export const defaultCompletionEvent = (taskId: string): string => `Task:${taskId}:Complete`;
