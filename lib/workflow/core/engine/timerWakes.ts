/** Wakes executions whose timers become due soon. Later timers are found by the sweep, whatever happens here. */
import type { Scheduler, TimerHandle } from '../../model/ports/scheduler';
import type { ExecutionKey } from '../../model/ports/store';

export class TimerWakes {
  readonly #handles = new Map<string, { readonly fireAtMs: number; readonly handle: TimerHandle }>();

  constructor(
    private readonly options: {
      /** Timers further away are left to the sweep. */
      readonly horizonMs: number;
      readonly scheduler: Scheduler;
      readonly nowMs: () => number;
      readonly wake: (key: ExecutionKey) => void;
    },
  ) {}

  schedule(key: ExecutionKey, fireAtMs: number): void {
    const delayMs = fireAtMs - this.options.nowMs();
    if (delayMs > this.options.horizonMs) return;
    const known = this.#handles.get(key.executionId);
    if (known && known.fireAtMs <= fireAtMs) return;
    this.options.scheduler.clearTimer(known?.handle);
    // A little late is fine, early is not: the database decides whether the timer is due.
    const handle = this.options.scheduler.setTimer({
      delayMs: Math.max(0, delayMs) + 5,
      run: () => {
        this.#handles.delete(key.executionId);
        this.options.wake(key);
      },
    });
    this.#handles.set(key.executionId, { fireAtMs, handle });
  }

  clear(): void {
    for (const { handle } of this.#handles.values()) this.options.scheduler.clearTimer(handle);
    this.#handles.clear();
  }
}
