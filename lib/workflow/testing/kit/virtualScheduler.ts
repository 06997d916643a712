import type { Scheduler } from '../../model/ports/scheduler';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Timers of a clock that only moves when it is told to. */
export class VirtualScheduler implements Scheduler {
  nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  readonly setTimer: Scheduler['setTimer'] = ({ delayMs, run }) => {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return timer;
  };

  readonly clearTimer: Scheduler['clearTimer'] = (handle) => {
    this.#timers.delete(handle as Timer);
  };

  get nextAtMs(): number | null {
    let next: number | null = null;
    for (const { atMs } of this.#timers) if (next === null || atMs < next) next = atMs;
    return next;
  }

  /** Runs what is due. True when there was something. */
  runDue(): boolean {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.nowMs).sort((a, b) => a.atMs - b.atMs);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.run();
    }
    return due.length > 0;
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.setTimer({ delayMs: ms, run: resolve });
      const end = () => {
        this.clearTimer(timer);
        resolve();
      };
      if (signal?.aborted) return end();
      signal?.addEventListener('abort', end, { once: true });
    });
  }
}
