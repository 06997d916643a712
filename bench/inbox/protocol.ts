/** What the bench of the inbox and its client tell each other. */

/** What a view with a filter should take at most, in milliseconds. */
export const inboxAimMs = 150;
/** Readings of each, of which the median counts. */
export const inboxRuns = 5;

export interface InboxConfig {
  readonly databaseUrl: string;
  /** Of the tenant that is looked at. */
  readonly tasks: number;
}

/** One view with one filter. Milliseconds. */
export interface InboxLine {
  readonly workload: 'inbox';
  readonly view: string;
  /** The filter, a page further down, or `count`. */
  readonly what: string;
  readonly unit: 'ms';
  readonly ours: number;
  /** The same number of tasks by their ids. */
  readonly floor: number;
  readonly ratioToFloor: number;
  readonly aimMs: number;
  readonly rows: number;
  /** How the tasks were found. */
  readonly indexes: readonly string[];
  readonly runs: number;
  /** Tables that were read as a whole. */
  readonly violations: readonly string[];
}
