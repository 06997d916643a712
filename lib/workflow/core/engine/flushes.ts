/** Writes what executions did since their last commit, many in one statement, and tells of what was committed. */
import type { HintPublisher, WakeScheduler } from '../../model/ports/hints';
import { FencedError, type ExecutionFlush, type ExecutionKey, type ExecutionStore } from '../../model/ports/store';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { BlockCause } from './blocks';
import type { BusLooks } from './busLooks';
import type { EngineClock } from './clock';
import type { Feed } from './codeRuns';
import { countCommitted } from './engineMetrics';
import type { LiveCopies } from './liveCopies';
import type { LiveExecution } from './liveExecution';
import type { Notices } from './notices';
import { touchedBy } from './relations';
import { splitUntilGood } from './splitBatch';
import type { TimerWakes } from './timerWakes';

/** Timers further away are not woken for by this process. */
export const timerHorizonMs = 10_000;

interface FlushPorts {
  readonly workerId: string;
  readonly store: Pick<ExecutionStore, 'flush'>;
  readonly wakes?: WakeScheduler;
  readonly publisher?: HintPublisher;
  readonly clock: EngineClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lives: LiveCopies;
  readonly notices: Notices;
  readonly timerWakes: TimerWakes;
  readonly busLooks: BusLooks;
  readonly owns: (partitionId: number) => boolean;
  readonly wake: (keys: readonly ExecutionKey[]) => void;
  /** The copy is not the truth any more. */
  readonly reload: (live: LiveExecution) => void;
  readonly block: (executionId: string, error: unknown, cause: BlockCause) => void;
}

export class Flushes {
  constructor(private readonly ports: FlushPorts) {}

  async flush(lives: readonly LiveExecution[], feed: Feed): Promise<void> {
    if (lives.length === 0) return;
    const flushes = new Map(lives.map((live) => [live, live.beginFlush()]));
    const won = await this.write([...flushes.values()]);
    for (const [live, flush] of flushes) {
      if (live.dropped) continue;
      if (won.has(live.executionId)) this.#flushed(live, flush, feed);
      else this.ports.reload(live);
    }
  }

  #flushed(live: LiveExecution, flush: ExecutionFlush, feed: Feed): void {
    const { lives, notices, busLooks, wake } = this.ports;
    const { tenant } = live;
    const wasBlocked = live.blocked;
    const entries = live.committed(flush);
    this.written(flush, () => live.instance.openTasks.length);
    for (const task of flush.tasksAdded) notices.add({ tenant, topic: 'task', id: task.row.taskId });
    for (const { taskId } of flush.tasksChanged) notices.add({ tenant, topic: 'task', id: taskId });
    for (const timer of flush.timersAdded) this.#scheduleWake(live, timer.fireAtMs);
    if (flush.waitsAdded.length > 0) busLooks.committed(flush);
    if (flush.end || (live.isPaused && live.parked)) return lives.drop(live);
    // What the log holds is not for the code now; a later replay gives it.
    if (live.isHeld) return lives.touch(live);
    feed.set(live, entries);
    if (wasBlocked) wake([live]);
  }

  /** Somebody's inbox was written, or somebody was started: the owner is to look. */
  announce(keys: readonly ExecutionKey[]): void {
    if (keys.length === 0) return;
    const { wake, owns, publisher } = this.ports;
    wake(keys);
    const hints = keys.filter(({ partitionId }) => !owns(partitionId));
    if (hints.length > 0) void publisher?.publish({ hints });
  }

  /** Tells of a commit. */
  written(flush: ExecutionFlush, openTasks: () => number): void {
    const { notices, metrics } = this.ports;
    const { executionId: id, tenant } = flush;
    notices.add({ tenant, topic: 'execution', id });
    if (flush.relations) this.announce(touchedBy(flush));
    countCommitted(metrics, flush, openTasks);
    if (flush.end && flush.cancelOpenTasks) notices.add({ tenant, topic: 'task', id });
  }

  /** Timers are rows that the sweep finds; this only makes them punctual. */
  #scheduleWake({ executionId, partitionId }: LiveExecution, fireAtMs: number): void {
    const { clock, timerWakes, wakes } = this.ports;
    const soon = fireAtMs - clock.nowMs() <= timerHorizonMs;
    if (soon) timerWakes.schedule({ executionId, partitionId }, fireAtMs);
    else void wakes?.scheduleWake({ executionId, partitionId, at: new Date(fireAtMs) });
  }

  /** Writes a batch; on trouble with its content in ever smaller parts, so that one bad row stops one execution. */
  async write(flushes: readonly ExecutionFlush[]): Promise<ReadonlySet<string>> {
    const { store, workerId, logger, metrics, block } = this.ports;
    metrics.observe({ histogram: instruments.flushBatchExecutions, value: flushes.length });
    try {
      const write = (part: readonly ExecutionFlush[]) => store.flush({ workerId, executions: part });
      const won = await splitUntilGood(flushes, write, (flush, error) => {
        logger.error({ error, executionId: flush.executionId, workerId }, 'An execution cannot be written');
        block(flush.executionId, error, 'bad_row');
      });
      if (won.size < flushes.length) {
        metrics.count({ counter: instruments.headsLost, by: flushes.length - won.size });
      }
      return won;
    } catch (error) {
      if (error instanceof FencedError) throw error;
      // The answer is lost: what was committed is read back from the store, nothing is assumed.
      logger.warn(
        { error, workerId, executions: flushes.length },
        'A commit has no answer; its executions are reloaded',
      );
      return new Set();
    }
  }
}
