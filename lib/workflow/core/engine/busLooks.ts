/**
 * What an owner does about the bus. After the flush that registered waits with `match` it looks once for what was
 * submitted before them; and it sweeps for what looks and submits of others left undone.
 */
import type { BusStore, MatchWait } from '../../model/ports/bus';
import type { ExecutionFlush, ExecutionKey } from '../../model/ports/store';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import { fanOut } from '../bus/fanOut';
import { lookForEvents } from '../bus/lookForEvents';

/** Submits look for themselves; what they did not get done is done for them after this time. */
const fanOutAfterMs = 1_000;
const sweepEveryMs = 1_000;
const sweepLimit = 200;

export class BusLooks {
  #requested: MatchWait[] = [];
  #isLooking = false;
  /** On the database's clock. */
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: {
      readonly bus: BusStore;
      readonly logger: Logger;
      readonly metrics: Metrics;
      /** These may have something to take. */
      readonly wake: (keys: readonly ExecutionKey[]) => void;
    },
  ) {}

  /** Looks for what the waits of a committed flush ask for. Does not wait for it: the code waits anyway. */
  committed({ executionId, partitionId, tenant, waitsAdded }: ExecutionFlush): void {
    for (const { commandId, names, match } of waitsAdded) {
      if (match !== null) this.#requested.push({ executionId, partitionId, commandId, tenant, names, match });
    }
    if (this.#requested.length > 0 && !this.#isLooking) void this.#look();
  }

  /** Does what was left undone: waits of these partitions that nobody looked for, events that nobody fanned out. */
  async sweep(partitions: readonly number[], nowMs: number): Promise<void> {
    if (nowMs < this.#sweptAtMs + sweepEveryMs) return;
    this.#sweptAtMs = nowMs;
    const { bus } = this.parts;
    const [waits, events] = await Promise.all([
      bus.findNotLookedFor({ partitions, limit: sweepLimit }),
      bus.findNotFannedOut({ minAgeMs: fanOutAfterMs, limit: sweepLimit }),
    ]);
    if (waits.length > 0) this.#reached('wait', await lookForEvents(bus, waits));
    if (events.length > 0) this.#reached('submit', await fanOut(bus, events));
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      while (this.#requested.length > 0) {
        const waits = this.#requested;
        this.#requested = [];
        this.#reached('wait', await lookForEvents(this.parts.bus, waits));
      }
    } catch (error) {
      this.parts.logger.warn({ error }, 'Events of the bus could not be looked for; the next sweep does it');
    } finally {
      this.#isLooking = false;
    }
  }

  #reached(foundBy: 'wait' | 'submit', keys: readonly ExecutionKey[]): void {
    if (keys.length === 0) return;
    this.parts.metrics.count({ counter: instruments.busDeliveries, by: keys.length, labels: { by: foundBy } });
    this.parts.wake(keys);
  }
}
