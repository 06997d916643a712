/** What a fork from an entry will do, told from the log up to there. */
import { asObject, foldTo, textOf, type FoldEntry } from '@/components/timeline/fold';

export interface ForkOutlook {
  /** Nothing can follow an end. */
  readonly isPossible: boolean;
  /** Children that had not ended there. */
  readonly openChildren: number;
  /** In sentences. */
  readonly help: string;
}

const ends = [
  'execution_completed',
  'execution_failed',
  'execution_canceled',
  'execution_terminated',
  'execution_continued',
];

export function forkOutlook(entries: readonly FoldEntry[], at: number): ForkOutlook {
  const copied = entries.filter(({ seq }) => seq <= at);
  const last = copied.at(-1);
  const { waits } = foldTo(copied, at);
  const children = new Set<string>();
  const tasks = new Set<string>();
  /** Tasks that end with a timer, by its command. */
  const expiring = new Map<string, string>();
  for (const { kind, commandId, payload } of copied) {
    const command = commandId ?? textOf(asObject(payload).commandId) ?? '';
    if (kind === 'child_started') children.add(command);
    if (kind === 'child_ended') children.delete(command);
    const taskId = textOf(asObject(payload).taskId) ?? '';
    if (kind === 'task_created') tasks.add(taskId);
    if (kind === 'task_ended') tasks.delete(taskId);
    if (kind === 'task_created' || kind === 'wait_started') expiring.set(command, taskId);
    if (kind === 'timer_fired') tasks.delete(expiring.get(command) ?? '');
  }
  const openChildren = children.size;
  const hasTimers = waits.some(({ until }) => until !== null);
  const help = [
    `A new execution begins with entries 1 to ${at} of this one, which stays as it is.`,
    'Results up to there are taken over; what comes after is done anew.',
    tasks.size === 0
      ? null
      : `${count(tasks.size, 'task')} that ${tasks.size === 1 ? 'was' : 'were'} open there will be open for it too.`,
    hasTimers ? 'Timers keep their time: what is due fires at once.' : null,
    openChildren === 0
      ? null
      : `${count(openChildren, 'child', 'children')} had not ended there: the fork goes on without, and its code is told so.`,
    decided(copied),
  ];
  return {
    isPossible: last !== undefined && !ends.includes(last.kind),
    openChildren,
    help: help.filter((sentence) => sentence !== null).join(' '),
  };
}

/** A decision among the copied entries holds for the fork too. */
function decided(copied: readonly FoldEntry[]): string | null {
  const has = (wanted: string) => copied.some(({ kind }) => kind === wanted);
  if (has('terminate_requested')) return 'Its end was requested by then: the fork is terminated at once.';
  if (has('cancel_requested')) return 'Its cancellation was requested by then, and the fork is canceled too.';
  const hold = copied.findLast(({ kind }) => kind === 'execution_paused' || kind === 'execution_resumed');
  return hold?.kind === 'execution_paused' ? 'It was paused there: so is the fork, until it is resumed.' : null;
}

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
