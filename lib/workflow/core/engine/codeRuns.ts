/** Feeds entries to the code of executions, and has tasks made ready that it asks for on the way. */
import { continuesCode, type HistoryEntry } from '../../model/history';
import type { TaskPreparer } from '../../model/ports/tasks';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import type { Drain, Turn } from '../../replay/sandbox';
import type { EngineClock } from './clock';
import { countRun } from './engineMetrics';
import type { LiveCopies } from './liveCopies';
import type { LiveExecution } from './liveExecution';
import { LiveTurn, type LiveTurnPorts } from './liveTurn';
import type { Probation } from './probation';

/** Entries that the log holds and the code has not seen. */
export type Feed = Map<LiveExecution, HistoryEntry[]>;

interface RunPorts {
  readonly lives: LiveCopies;
  readonly probation: Probation;
  readonly turn: LiveTurnPorts;
  readonly tasks: TaskPreparer;
  readonly drain: Drain;
  readonly clock: EngineClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The store did not answer: these are loaded again. */
  readonly troubled: (lives: readonly LiveExecution[]) => void;
}

export class CodeRuns {
  constructor(private readonly ports: RunPorts) {}

  /** Feeds entries one at a time. */
  async run(feed: Feed): Promise<void> {
    if (feed.size === 0) return;
    const { metrics, clock, lives, probation } = this.ports;
    const startedMs = clock.nowMs();
    const queues: Feed = new Map();
    let runs = 0;
    for (const [live, entries] of feed) {
      if (live.dropped) continue;
      queues.set(live, entries);
      if (entries.length > 0) runs += 1;
    }
    if (!probation.isEmpty) {
      for (const [live, entries] of [...queues]) {
        if (!probation.isNoted(live.executionId)) continue;
        queues.delete(live);
        await this.#runTogether(new Map([[live, entries]]), new Map([[live, entries]]));
      }
    }
    await this.#runTogether(feed, queues);
    countRun(metrics, { mode: 'warm', runs, ms: clock.nowMs() - startedMs });
    for (const live of feed.keys()) lives.touch(live);
  }

  /** @param queues what is left to feed of `feed`; used up. */
  async #runTogether(feed: Feed, queues: Feed): Promise<void> {
    for (;;) {
      const turns = this.#nextTurns(queues);
      if (turns.length > 0) {
        await this.ports.drain(turns);
        continue;
      }
      if (!(await this.#prepareTasks(feed.keys(), queues))) break;
    }
  }

  #nextTurns(queues: Feed): Turn[] {
    const turns: Turn[] = [];
    for (const [live, entries] of queues) {
      try {
        if (live.ended) live.passOver(entries.splice(0));
        // What the code does after its end counts no more: it must not act behind the last entry of the log.
        let entry = live.dropped || live.ended ? undefined : entries.shift();
        while (entry && !continuesCode(entry.kind)) {
          live.instance.settle(entry);
          entry = entries.shift();
        }
        if (entry) turns.push(new LiveTurn(this.ports.turn, live, entry));
        else queues.delete(live);
      } catch (error) {
        queues.delete(live);
        this.ports.turn.failed(live, error);
      }
    }
    return turns;
  }

  /** Tasks are created within the run: what waits for them is in the same commit. */
  async #prepareTasks(lives: Iterable<LiveExecution>, queues: Feed): Promise<boolean> {
    const asked = [...lives].flatMap((live) => live.takeTasksToPrepare().map((each) => ({ live, ...each })));
    if (asked.length === 0) return false;
    try {
      const prepared = await this.ports.tasks.prepare(asked.map(({ request }) => request));
      for (const [index, { live, command }] of asked.entries()) {
        const answer = prepared[index];
        if (!answer || live.dropped) continue;
        const entry = live.taskPrepared(command, answer);
        queues.set(live, [...(queues.get(live) ?? []), entry]);
      }
    } catch (error) {
      this.ports.logger.warn({ error, tasks: asked.length }, 'Tasks could not be prepared; trying again');
      this.ports.troubled(asked.map(({ live }) => live));
    }
    return true;
  }
}
