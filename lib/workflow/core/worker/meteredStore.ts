import type { ExecutionStore } from '../../model/ports/store';
import type { Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';

/** The store with its statements measured: durations, outcomes, and how long what was taken had been waiting. */
export function meterStore({
  store,
  metrics,
  monotonicMs,
}: {
  readonly store: ExecutionStore;
  readonly metrics: Metrics;
  readonly monotonicMs: () => number;
}): ExecutionStore {
  const secondsSince = (startedMs: number) => (monotonicMs() - startedMs) / 1000;
  return {
    ...store,
    take: async (batch) => {
      const startedMs = monotonicMs();
      const taken = await store.take(batch);
      metrics.observe({ histogram: instruments.takeSeconds, value: secondsSince(startedMs) });
      for (const { entries } of taken) {
        for (const entry of entries) {
          if (entry.kind !== 'event_received') continue;
          const waitedMs = entry.at - Date.parse(entry.body.event.timestamp);
          // Clocks of senders differ: what was taken "before" it was sent had not waited.
          metrics.observe({ histogram: instruments.inboxLagSeconds, value: Math.max(0, waitedMs) / 1000 });
        }
      }
      return taken;
    },
    flush: async (batch) => {
      const startedMs = monotonicMs();
      try {
        const won = await store.flush(batch);
        metrics.count({ counter: instruments.flushes, labels: { outcome: 'committed' } });
        const created = batch.executions.reduce(
          (sum, flush) => sum + (won.has(flush.executionId) ? flush.tasksAdded.length : 0),
          0,
        );
        if (created > 0) metrics.count({ counter: instruments.tasksCreated, by: created });
        return won;
      } catch (error) {
        metrics.count({ counter: instruments.flushes, labels: { outcome: 'failed' } });
        throw error;
      } finally {
        metrics.observe({ histogram: instruments.flushSeconds, value: secondsSince(startedMs) });
      }
    },
    findWork: async (query) => {
      metrics.count({ counter: instruments.sweeps });
      return store.findWork(query);
    },
  };
}
