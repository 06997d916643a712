import type { Scheduler } from '../model/ports/scheduler';

/** The timers of this process. */
export const processScheduler: Scheduler = {
  setTimer: ({ delayMs, run }) => setTimeout(run, delayMs),
  clearTimer: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};

/** Resolves after so many milliseconds. */
export function sleep(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => scheduler.setTimer({ delayMs, run: resolve }));
}
