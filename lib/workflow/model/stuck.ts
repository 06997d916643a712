/** Executions that should go on and do not: why, in words for people. */

/** How long something may be queued, or be at work, without progress before it counts as stuck. */
export const stuckAfterMs = 60_000;

/** The reason that somebody can act on comes first where several apply. */
export const stuckReasons = [
  'dead_letter',
  'blocked',
  'no_worker',
  'code_unknown',
  'job_not_taken',
  'no_progress',
  'timer_late',
  'not_taken',
] as const;
export type StuckReason = (typeof stuckReasons)[number];

/** One sentence each. */
export const stuckSentences: Readonly<Record<StuckReason, string>> = {
  dead_letter: 'It was put aside as a dead letter and waits for a person to redrive it.',
  blocked: 'It is blocked: its code no longer matches its history, or it passed a limit.',
  no_worker: 'No living worker owns its partition. Start a worker.',
  code_unknown: 'The worker that owns it does not have its workflow in this version.',
  job_not_taken: 'A dispatched action of it is due and no worker takes it.',
  no_progress: 'It is at work without progress: an action takes long, or its worker does not get on.',
  timer_late: 'A timer is due and did not fire.',
  not_taken: 'Events wait in its inbox and nobody takes them.',
};

/** How many there are by reason; reasons without any are 0. */
export type StuckCounts = Readonly<Record<StuckReason, number>>;

/** Dispatched actions that are due and that no worker has taken. */
export interface QueuedJobs {
  readonly jobs: number;
  /** How long the oldest of them is due; 0 without any. */
  readonly oldestMs: number;
}
