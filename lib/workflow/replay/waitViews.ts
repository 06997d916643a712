import type { ChildWait } from '../model/commands';
import type { Match } from '../model/match';
import type { OpenWait } from './mailbox';

/** What an execution waits for, as pages show it. */
export interface WaitView {
  readonly commandId: string;
  readonly kind: 'event' | 'timer' | 'task' | 'child';
  readonly names: readonly string[];
  /** What an event of the bus must hold; null: none is wanted. */
  readonly match: Match | null;
  readonly deadlineMs: number | null;
  readonly taskId: string | null;
  readonly sinceMs: number;
}

export function viewsOf(open: {
  readonly events: Iterable<OpenWait>;
  readonly sleeps: Iterable<readonly [string, { readonly fireAtMs: number; readonly sinceMs: number }]>;
  readonly children: readonly ChildWait[];
}): WaitView[] {
  const views: WaitView[] = [];
  for (const { commandId, names, match, deadlineMs, taskId, sinceMs } of open.events) {
    views.push({ commandId, kind: taskId === null ? 'event' : 'task', names, match, deadlineMs, taskId, sinceMs });
  }
  const plain = { match: null, taskId: null };
  for (const [commandId, { fireAtMs, sinceMs }] of open.sleeps) {
    views.push({ ...plain, commandId, kind: 'timer', names: [], deadlineMs: fireAtMs, sinceMs });
  }
  for (const { commandId, workflow, sinceMs } of open.children) {
    views.push({ ...plain, commandId, kind: 'child', names: [workflow], deadlineMs: null, sinceMs });
  }
  return views;
}
