/**
 * Gives what arrived for executions its places in their logs; brings back those that are not in memory first. Nothing is
 * lost where the store does not answer: what it concerned is looked for again.
 */
import type { HistoryEntry } from '../../model/history';
import type { ActionRunner } from '../../model/ports/actions';
import { FencedError, type ExecutionKey, type ExecutionStore } from '../../model/ports/store';
import type { LoadedExecution, TakenEntries } from '../../model/ports/store';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { Feed } from './codeRuns';
import { ColdBatch } from './coldBatch';
import { observeTimers } from './engineMetrics';
import type { HeldExecutions, SortedExecutions } from './heldExecutions';
import type { LiveCopies } from './liveCopies';
import type { LiveExecution } from './liveExecution';
import type { Revival } from './revival';

interface TakePorts {
  readonly workerId: string;
  readonly store: Pick<ExecutionStore, 'load' | 'take' | 'takeDecisions' | 'closeLate'>;
  readonly actions: Pick<ActionRunner, 'interrupt'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lives: LiveCopies;
  readonly revival: Revival;
  readonly heldBack: HeldExecutions;
  readonly owns: (partitionId: number) => boolean;
  readonly wake: (keys: readonly ExecutionKey[]) => void;
  /** The copy is not the truth any more. */
  readonly reload: (live: LiveExecution) => void;
  /** Something was put into the inboxes of these. */
  readonly announce: (keys: readonly ExecutionKey[]) => void;
  /** The store did not answer: these are looked for again, after a pause. */
  readonly troubled: (keys: readonly ExecutionKey[]) => void;
}

export class Takes {
  readonly #coldBatch = new ColdBatch();

  constructor(private readonly ports: TakePorts) {}

  async take(woken: readonly ExecutionKey[], feed: Feed): Promise<void> {
    if (woken.length === 0) return;
    const { workerId, store, logger, lives, revival, heldBack, owns, wake, announce, troubled } = this.ports;
    const allCold = woken.filter((key) => !lives.has(key.executionId));
    const cold = allCold.slice(0, this.#coldBatch.size);
    const later = new Set(allCold.slice(cold.length));
    const keys = later.size > 0 ? woken.filter((key) => !later.has(key)) : woken;
    wake([...later]);
    const wasCold = new Set(cold);
    let loaded: readonly LoadedExecution[] = [];
    heldBack.beginLoad(cold);
    try {
      loaded = cold.length > 0 ? await store.load({ executions: cold }) : [];
      this.#coldBatch.learn(loaded);
    } catch (error) {
      logger.warn({ error, workerId }, 'Executions could not be loaded; trying again');
      return troubled(keys);
    }
    const { toRun, late, held } = heldBack.sort(loaded.filter(({ partitionId }) => owns(partitionId)));
    const revived = await revival.reviveAll(toRun);
    if (!revived) return wake(keys);
    const withInbox = new Set(revived.flatMap(({ live, hasInbox }) => (live && hasInbox ? [live] : [])));
    const warm = keys.flatMap((key) => {
      const live = lives.get(key.executionId);
      return live && (withInbox.has(live) || !wasCold.has(key)) ? [live] : [];
    });
    for (const { live } of revived) if (live) feed.set(live, feed.get(live) ?? []);
    await this.#takeEntries(
      warm.filter((live) => !lives.isUnwritten(live) && !live.blocked),
      feed,
    );
    wake(warm.filter((live) => lives.isUnwritten(live) && !live.blocked));
    await this.#decideHeld(held);
    if (late.length === 0) return;
    const { handedTo } = await store.closeLate({ workerId, executions: late });
    announce(handedTo);
  }

  async #decideHeld(held: SortedExecutions['held']): Promise<void> {
    try {
      await this.ports.heldBack.handle(held);
    } catch (error) {
      if (error instanceof FencedError) throw error;
      const { logger, workerId, troubled } = this.ports;
      logger.warn({ error, workerId, executions: held.length }, 'Decisions have no answer; they are looked for again');
      troubled(held.map(({ execution }) => execution));
    }
  }

  async #takeEntries(lives: readonly LiveExecution[], feed: Feed): Promise<void> {
    if (lives.length === 0) return;
    const { workerId, logger, metrics, reload, troubled } = this.ports;
    try {
      const taken = new Map((await this.#takeFrom(lives)).map((each) => [each.executionId, each.entries]));
      for (const live of lives) {
        if (live.dropped) continue;
        const entries = taken.get(live.executionId);
        if (!entries) {
          reload(live);
          continue;
        }
        metrics.count({ counter: instruments.entriesTaken, by: entries.length });
        observeTimers(metrics, live, entries);
        const wasPaused = live.isPaused;
        live.taken(entries);
        live.heed(entries);
        if (live.isHeld) this.#hold(live, feed, entries);
        else if (wasPaused) reload(live);
        else feed.set(live, [...(feed.get(live) ?? []), ...entries]);
      }
    } catch (error) {
      if (error instanceof FencedError) throw error;
      logger.warn({ error, workerId, executions: lives.length }, 'A take has no answer; its executions are reloaded');
      for (const live of lives) reload(live);
      troubled(lives);
    }
  }

  async #takeFrom(lives: readonly LiveExecution[]): Promise<readonly TakenEntries[]> {
    const { store, workerId } = this.ports;
    const paused = lives.filter((live) => live.isPaused);
    if (paused.length === 0) return store.take({ workerId, items: lives.map(takeItem) });
    const free = lives.filter((live) => !live.isPaused);
    const decided = paused.map((live) => ({ ...takeItem(live), failuresUndone: [] }));
    const taken = await store.takeDecisions({ workerId, items: decided });
    return free.length > 0 ? [...taken, ...(await store.take({ workerId, items: free.map(takeItem) }))] : taken;
  }

  /** Paused, or to be terminated: only what is under way is still recorded. */
  #hold(live: LiveExecution, feed: Feed, entries: readonly HistoryEntry[]): void {
    live.passOver([...(feed.get(live) ?? []), ...entries]);
    feed.delete(live);
    const { actions, lives } = this.ports;
    const { executionId } = live;
    if (live.isTerminating) actions.interrupt?.({ executionId, why: 'terminated' });
    if (live.isPaused && live.parked) lives.drop(live);
    else lives.touch(live);
  }
}

function takeItem(live: LiveExecution) {
  const { executionId, partitionId, head: headSeq, isWithoutTimers } = live;
  return { executionId, partitionId, headSeq, atMs: live.stamp(), isWithoutTimers };
}
