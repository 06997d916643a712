/** What happened to a task, a sentence for each line of its activity. */
import type { TaskActivity } from '@/lib/queries/task';

/** Done by somebody; the sentence begins with who. */
const deeds: Readonly<Record<string, string>> = {
  claimed: 'claimed it',
  released: 'gave it back',
  completed: 'decided',
  declined: 'declined it',
  commented: 'commented',
  assigned: 'assigned it to',
  delegated: 'asked for the help of',
  given_back: 'gave it back',
  forwarded: 'handed it on to',
  info_requested: 'asked',
  info_given: 'answered',
  question_withdrawn: 'took the question back',
  question_returned: 'ended the question to',
};

/** Taken back by who had done it a moment before. */
const undone: Readonly<Record<string, string>> = {
  claimed: 'took the claim back',
  released: 'kept it after all',
  assigned: 'took the assignment back',
  delegated: 'took the delegation back',
  given_back: 'kept working on it after all',
  forwarded: 'took it back after handing it on',
  planned: 'took the change of dates and priority back',
};

/** Done by the software. */
const events: Readonly<Record<string, string>> = {
  created: 'The workflow asked for this',
  completed: 'Its time ran out, and it was answered as planned',
  expired: 'Its time ran out',
  canceled: 'It was no longer needed',
  reminded: 'Its people were reminded',
  escalated: 'It took too long and went to',
  reopened: 'It was opened again',
};

/** @param timeText how an instant is read. */
export function activityText(entry: TaskActivity, timeText: (iso: string) => string): string {
  const { kind, detail } = entry;
  const actor = entry.byReader ? 'You' : entry.actorName;
  if (actor === null) {
    const words = events[kind] ?? sentence(kind);
    if (kind === 'escalated')
      return `${words} ${detail.toNames.length > 0 ? detail.toNames.join(', ') : 'more people'}`;
    return kind === 'completed' && detail.outcomeTitle !== null ? `${words}: ${detail.outcomeTitle}` : words;
  }
  if (kind === 'planned') return `${actor} ${planText(entry, timeText)}`;
  if (kind === 'released' && detail.fromName !== null)
    return `${actor} took it from ${detail.fromName} for others to take`;
  if (kind === 'undone') return `${actor} ${undone[detail.undone ?? ''] ?? 'took it back'}`;
  const words = deeds[kind] ?? kind.replaceAll('_', ' ');
  const together = detail.together === null ? '' : `, with one answer for all ${detail.together} that waited for it`;
  if (kind === 'completed' && detail.outcomeTitle !== null) {
    return `${actor} ${words}: ${detail.outcomeTitle}${together}`;
  }
  if (kind === 'completed' || kind === 'declined') return `${actor} ${words}${together}`;
  const to = entry.isToReader ? 'you' : entry.toName;
  return to === null ? `${actor} ${words}` : `${actor} ${words} ${to}`;
}

function planText({ detail: { plan } }: TaskActivity, timeText: (iso: string) => string): string {
  const date = (what: string, at: string | null | undefined) => {
    if (at === undefined) return [];
    return [at === null ? `took the ${what} away` : `set the ${what} to ${timeText(at)}`];
  };
  const changes = [
    ...(plan?.priority === undefined ? [] : [`set the priority to ${plan.priority}`]),
    ...date('due date', plan?.dueAt),
    ...date('follow-up', plan?.followUpAt),
  ];
  return changes.length === 0 ? 'changed when it is due' : changes.join(' and ');
}

const sentence = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' ');
