/** What the engine counts: read off what was committed or taken anyway, so that its loops hold no counters. */
import type { HistoryEntry } from '../../model/history';
import type { ExecutionFlush } from '../../model/ports/store';
import type { Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { LiveExecution } from './liveExecution';

/**
 * Counts what a commit of one execution did: what it started, ended, and what became of its tasks.
 * @param openTasks how many were open before; asked where its end canceled them.
 */
export function countCommitted(metrics: Metrics, flush: ExecutionFlush, openTasks: () => number): void {
  const { relations, tasksChanged, cancelOpenTasks, end } = flush;
  if (relations) {
    const by = relations.childrenStarted.length + (relations.successor ? 1 : 0);
    if (by > 0) metrics.count({ counter: instruments.executionsStarted, by });
  }
  for (const { end: ending } of tasksChanged) {
    if (ending) metrics.count({ counter: instruments.tasksEnded, labels: { status: ending.status } });
  }
  if (!end) return;
  metrics.count({ counter: instruments.executionsEnded, labels: { status: flush.status } });
  if (!cancelOpenTasks) return;
  const by = openTasks();
  if (by > 0) metrics.count({ counter: instruments.tasksEnded, by, labels: { status: 'canceled' } });
}

/** Tasks that the log has not seen end, neither by people nor by their time. */
export function openTasksIn(history: readonly HistoryEntry[]): number {
  const open = new Set<string>();
  const timed = new Map<string, string>();
  for (const { kind, body } of history) {
    if (kind === 'task_created') open.add(body.taskId);
    if (kind === 'task_created') timed.set(body.commandId, body.taskId);
    else if (kind === 'wait_started' && body.taskId !== null) timed.set(body.commandId, body.taskId);
    else if (kind === 'task_ended') open.delete(body.taskId);
    else if (kind === 'timer_fired') open.delete(timed.get(body.commandId) ?? '');
  }
  return open.size;
}

/** Of timers of one execution that fired together the first speaks for all. */
export function observeTimers(metrics: Metrics, live: LiveExecution, taken: readonly HistoryEntry[]): void {
  for (const entry of taken) {
    if (entry.kind !== 'timer_fired') continue;
    const timer = live.instance.wantedTimers.find(({ commandId }) => commandId === entry.body.commandId);
    if (!timer) return;
    const value = Math.max(0, entry.at - timer.fireAtMs) / 1_000;
    return metrics.observe({ histogram: instruments.timerLatenessSeconds, value });
  }
}

/** Runs of code in one round: how many live copies went on, and the time that took, of all of them together. */
export function countRun(
  metrics: Metrics,
  { mode, runs, ms }: { readonly mode: 'warm' | 'cold'; readonly runs: number; readonly ms: number },
): void {
  if (runs === 0) return;
  metrics.count({ counter: instruments.activations, by: runs, labels: { mode } });
  metrics.observe({ histogram: instruments.activationSeconds, value: Math.max(0, ms) / 1_000, labels: { mode } });
}
