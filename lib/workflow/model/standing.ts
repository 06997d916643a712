/** What people decided about an execution, as far as its log holds it. */
import type { Decision, HistoryEntry } from './history';

export interface Standing {
  readonly isPaused: boolean;
  /** Set once the execution is to be terminated; nothing but its end may follow. */
  readonly termination: Decision | null;
}

export const undecided: Standing = { isPaused: false, termination: null };

/** @param before the standing that these entries follow; given back as it is where they decide nothing. */
export function standingOf(entries: readonly HistoryEntry[], before: Standing = undecided): Standing {
  let standing = before;
  for (const entry of entries) {
    switch (entry.kind) {
      case 'execution_paused':
        standing = { ...standing, isPaused: true };
        break;
      case 'execution_resumed':
        standing = { ...standing, isPaused: false };
        break;
      case 'terminate_requested':
        standing = { ...standing, termination: standing.termination ?? entry.body };
        break;
      default:
        break;
    }
  }
  return standing;
}
