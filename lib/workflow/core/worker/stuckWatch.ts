import type { Scheduler, TimerHandle } from '../../model/ports/scheduler';
import type { StuckCounter } from '../../model/ports/stuck';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { stuckAfterMs, stuckReasons } from '../../model/stuck';
import { instruments } from '../../telemetry/names';

export interface StuckSettings {
  /** How often they are counted. */
  readonly everyMs: number;
  /** Without progress for so long. */
  readonly olderThanMs: number;
}

export const defaultStuckSettings: StuckSettings = { everyMs: 15_000, olderThanMs: stuckAfterMs };

/**
 * Keeps the gauges of stuck executions and of dispatched actions that wait: each worker counts those of the partitions that it owns, so the sum over workers
 * is the whole.
 */
export class StuckWatch {
  #timer: TimerHandle | undefined;
  #stopped = false;

  constructor(
    private readonly parts: {
      readonly counter: StuckCounter;
      readonly settings: StuckSettings;
      readonly partitions: () => readonly number[];
      readonly scheduler: Scheduler;
      readonly logger: Logger;
      readonly metrics: Metrics;
    },
  ) {}

  start(): void {
    if (this.#stopped) return;
    const run = () => void this.#count().then(() => this.start());
    this.#timer = this.parts.scheduler.setTimer({ delayMs: this.parts.settings.everyMs, run });
  }

  stop(): void {
    this.#stopped = true;
    this.parts.scheduler.clearTimer(this.#timer);
  }

  async #count(): Promise<void> {
    const { counter, settings, partitions, logger, metrics } = this.parts;
    try {
      const own = partitions();
      const counts = await counter.count({ partitions: own, olderThanMs: settings.olderThanMs });
      const { jobs, oldestMs } = await counter.queuedJobs({ partitions: own });
      if (this.#stopped) return;
      metrics.set({ gauge: instruments.jobsQueued, value: jobs });
      metrics.set({ gauge: instruments.oldestJobSeconds, value: oldestMs / 1_000 });
      for (const reason of stuckReasons) {
        metrics.set({ gauge: instruments.stuckExecutions, value: counts[reason], labels: { reason } });
      }
    } catch (error) {
      logger.warn({ error }, 'Stuck executions could not be counted; trying again');
    }
  }
}
