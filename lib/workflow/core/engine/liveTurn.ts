import type { HistoryEntry } from '../../model/history';
import type { ActionRunner } from '../../model/ports/actions';
import type { RunWatch } from '../../model/ports/runWatch';
import { assertKnownWait } from '../../replay/replay';
import type { Turn } from '../../replay/sandbox';
import type { LimitGuard } from './limitGuard';
import type { LiveExecution } from './liveExecution';

export interface LiveTurnPorts {
  readonly actions: ActionRunner;
  readonly watch?: RunWatch;
  readonly guard: LimitGuard;
  /** The code and the log disagree, or cannot go on together. */
  readonly failed: (live: LiveExecution, error: unknown) => void;
}

/** One entry of one execution, and what its code does in answer. Never throws. */
export class LiveTurn implements Turn {
  constructor(
    private readonly ports: LiveTurnPorts,
    private readonly live: LiveExecution,
    private readonly entry: HistoryEntry,
  ) {}

  begin(): void {
    const { live, ports } = this;
    if (live.dropped) return;
    ports.watch?.enter(live.executionId);
    try {
      live.instance.settle(this.entry);
    } catch (error) {
      this.#fail(error);
    }
  }

  end(): void {
    const { live, ports, entry } = this;
    ports.watch?.leave();
    if (live.dropped) return;
    try {
      const { executionId, instance, workflowName: name } = live;
      if (entry.kind === 'cancel_requested') {
        const { undoing: except } = live;
        if (live.hasRunning) ports.actions.interrupt?.({ executionId, why: 'canceled', ...(except && { except }) });
        live.cutDeferred();
      }
      const commands = instance.collect();
      live.absorb(commands);
      assertKnownWait(instance, { name });
      ports.guard.check(live, commands.length);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.ports.failed(this.live, error);
  }
}
