/** Names a timer that was set and has not fired. */
export type TimerHandle = object;

/**
 * Waiting within a process. Whatever must happen at a given time is a row that owners look for; timers of a process
 * only spare the looking.
 */
export interface Scheduler {
  /** Calls `run` once, `delayMs` from now at the earliest. Delays are short: days are for rows. */
  setTimer(request: { readonly delayMs: number; readonly run: () => void }): TimerHandle;
  /** Does nothing for a timer that fired or was cleared. */
  clearTimer(handle: TimerHandle | undefined): void;
}
