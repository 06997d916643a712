/**
 * Keeps a worker's lease and its fair share of partitions. It never decides by its own clock that it still owns
 * something: a worker whose heartbeat is not confirmed for most of its lease stops working until it is.
 */
import type { LockPort } from '../../model/ports/locks';
import type { MembershipStore, WorkerIdentity } from '../../model/ports/membership';
import type { Scheduler, TimerHandle } from '../../model/ports/scheduler';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { Misplaced } from '../engine/deferrals';
import { placePartitions } from './codePlacement';

export interface MembershipSettings {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** How often the share of partitions is looked at. */
  readonly balanceMs: number;
}

export const defaultMembershipSettings: MembershipSettings = { leaseMs: 8_000, heartbeatMs: 2_500, balanceMs: 1_000 };

/** How much of its lease a worker works without another confirmed heartbeat. */
const certainPart = 0.6;
/** Partitions given up for other workers' code in one go: both sides have other things to do. */
const mostOffered = 16;

export interface MembershipEvents {
  /** Partitions are this worker's from now on. */
  acquired(partitions: readonly number[]): Promise<void>;
  /** Give these partitions up: resolve once nothing of them is under way. */
  releasing(partitions: readonly number[]): Promise<void>;
  /** The lease is or is not certain: work only while it is. */
  leaseCertain(certain: boolean): void;
  /** Somebody took over. Nothing can be committed any more. */
  fenced(): void;
}

export class MembershipLoop {
  readonly #owned = new Set<number>();
  /** Came for the code that is here; until then they stay, whatever the share. */
  readonly #keptUntilMs = new Map<number, number>();
  #stopped = false;
  #confirmedAtMs = 0;
  #heartbeatTimer: TimerHandle | undefined;
  #doubtTimer: TimerHandle | undefined;
  #balanceTimer: TimerHandle | undefined;
  #balancing: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: {
      readonly store: MembershipStore;
      readonly worker: WorkerIdentity;
      /** The predecessor whose process is known to be gone. */
      readonly replaces: string | null;
      readonly settings: MembershipSettings;
      readonly events: MembershipEvents;
      /** Moves partitions to workers that have code which this one lacks; without it they stay. */
      readonly placement?: {
        readonly misplaced: () => readonly Misplaced[];
        /** How long one that came so stays, though it be more than the share. */
        readonly keptMs: number;
      };
      readonly locks?: LockPort;
      readonly scheduler: Scheduler;
      readonly monotonicMs: () => number;
      readonly logger: Logger;
      readonly metrics: Metrics;
    },
  ) {}

  async start(): Promise<void> {
    const { store, worker, settings, replaces } = this.parts;
    await store.register(worker, settings.leaseMs);
    this.#confirmed(this.parts.monotonicMs());
    await this.#balance(replaces);
    this.#scheduleHeartbeat();
    this.#scheduleBalance();
  }

  get owned(): readonly number[] {
    return [...this.#owned];
  }

  get heartbeatAgeMs(): number {
    return this.parts.monotonicMs() - this.#confirmedAtMs;
  }

  /** Ends the loops; partitions stay as they are. */
  async halt(): Promise<void> {
    this.#stopped = true;
    this.parts.scheduler.clearTimer(this.#heartbeatTimer);
    this.parts.scheduler.clearTimer(this.#doubtTimer);
    this.parts.scheduler.clearTimer(this.#balanceTimer);
    await this.#balancing;
  }

  /** Gives everything back. Call it once nothing is under way. */
  async retire(): Promise<void> {
    await this.parts.store.retire({ workerId: this.parts.worker.workerId });
  }

  #scheduleHeartbeat(delayMs: number = this.parts.settings.heartbeatMs): void {
    if (this.#stopped) return;
    this.#heartbeatTimer = this.parts.scheduler.setTimer({
      delayMs,
      run: () => void this.#heartbeat(),
    });
  }

  async #heartbeat(): Promise<void> {
    const { store, worker, settings, logger, metrics } = this.parts;
    const sentAtMs = this.parts.monotonicMs();
    let nextInMs = settings.heartbeatMs;
    try {
      const { workerId } = worker;
      const renewed = await this.#answered(store.heartbeat({ workerId, leaseMs: settings.leaseMs }));
      if (this.#stopped) return;
      if (!renewed) return this.#lost();
      // Counted from before the statement: the lease may have begun then.
      this.#confirmed(sentAtMs);
      this.parts.events.leaseCertain(true);
    } catch (error) {
      logger.warn({ error, workerId: worker.workerId }, 'Heartbeat failed');
      nextInMs = settings.heartbeatMs / 4;
    }
    metrics.set({ gauge: instruments.heartbeatAgeSeconds, value: this.heartbeatAgeMs / 1000 });
    this.#scheduleHeartbeat(nextInMs);
  }

  /** The lease is certain from then on for most of its length, and doubted afterwards, whatever is still awaited. */
  #confirmed(sentAtMs: number): void {
    const { scheduler, settings, events, metrics } = this.parts;
    this.#confirmedAtMs = sentAtMs;
    scheduler.clearTimer(this.#doubtTimer);
    if (this.#stopped) return;
    this.#doubtTimer = scheduler.setTimer({
      delayMs: Math.max(0, settings.leaseMs * certainPart - this.heartbeatAgeMs),
      run: () => {
        metrics.set({ gauge: instruments.heartbeatAgeSeconds, value: this.heartbeatAgeMs / 1000 });
        events.leaseCertain(false);
      },
    });
  }

  /** A connection may be open and never answer: then another heartbeat must be sent, on another connection. */
  async #answered<T>(answer: Promise<T>): Promise<T> {
    const { scheduler, settings } = this.parts;
    let timer: TimerHandle | undefined;
    const silence = new Promise<never>((_, reject) => {
      const delayMs = Math.min(settings.heartbeatMs, settings.leaseMs * certainPart);
      const run = () => reject(new Error(`The store did not answer within ${delayMs} ms.`));
      timer = scheduler.setTimer({ delayMs, run });
    });
    try {
      return await Promise.race([answer, silence]);
    } finally {
      scheduler.clearTimer(timer);
      answer.catch(() => undefined);
    }
  }

  #lost(): void {
    this.#stopped = true;
    this.parts.scheduler.clearTimer(this.#doubtTimer);
    this.parts.metrics.count({ counter: instruments.fenceLost });
    this.parts.events.fenced();
  }

  #scheduleBalance(): void {
    if (this.#stopped) return;
    this.#balanceTimer = this.parts.scheduler.setTimer({
      delayMs: this.parts.settings.balanceMs,
      run: () => {
        this.#balancing = this.#balance(null).then(() => this.#scheduleBalance());
      },
    });
  }

  async #balance(knownDead: string | null): Promise<void> {
    const { store, worker, logger, metrics } = this.parts;
    const { workerId } = worker;
    try {
      const fenced = await this.#fenceExpired(knownDead);
      for (const lost of fenced) {
        metrics.count({ counter: instruments.takeovers });
        logger.warn({ workerId, fencedWorkerId: lost }, 'Took over from a worker that is gone');
      }
      const survey = await store.survey({ workerId });
      // Ours by an answer that was lost, or kept by a release that failed: serve it until it is released for good.
      const unserved = survey.owned.filter((partition) => !this.#owned.has(partition));
      if (unserved.length > 0) await this.#serve(unserved);
      // Not ours any more by a release that came through after its error: whoever has it now must have it alone.
      const owned = new Set(survey.owned);
      const gone = [...this.#owned].filter((partition) => !owned.has(partition));
      if (gone.length > 0) await this.#leave(gone);
      const share = Math.ceil(survey.total / Math.max(1, survey.liveWorkers));
      const wanted = Math.min(survey.free, share - survey.owned.length);
      const movable = survey.owned.filter((partition) => !this.#isKept(partition));
      if (survey.offered > 0) await this.#accept();
      else if (wanted > 0) await this.#acquire(wanted);
      else if (movable.length > share) await this.#release(movable.slice(share));
      else await this.#offerMisplaced();
      metrics.set({ gauge: instruments.ownedPartitions, value: this.#owned.size });
    } catch (error) {
      logger.warn({ error, workerId }, 'Partitions could not be balanced; trying again');
    }
  }

  /** One worker at a time looks for dead ones, where there is a lock to agree by. It spares work and proves nothing. */
  async #fenceExpired(knownDead: string | null): Promise<readonly string[]> {
    const { store, locks } = this.parts;
    if (!locks || knownDead !== null) return store.fenceExpired({ knownDead });
    const outcome = await locks.withLock({ name: 'takeover', ttlMs: 5_000 }, () => store.fenceExpired({ knownDead }));
    return outcome.status === 'done' ? outcome.result : [];
  }

  async #serve(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) this.#owned.add(partition);
    await this.parts.events.acquired(partitions);
  }

  async #acquire(count: number): Promise<void> {
    const { store, worker } = this.parts;
    const acquired = await store.acquire({ workerId: worker.workerId, count });
    if (acquired.length > 0) await this.#serve(acquired);
  }

  async #accept(): Promise<void> {
    const { store, worker, placement, monotonicMs } = this.parts;
    const accepted = await store.accept({ workerId: worker.workerId });
    for (const partition of accepted) this.#keptUntilMs.set(partition, monotonicMs() + (placement?.keptMs ?? 0));
    if (accepted.length > 0) await this.#serve(accepted);
  }

  #isKept(partition: number): boolean {
    const untilMs = this.#keptUntilMs.get(partition);
    if (untilMs === undefined) return false;
    if (untilMs > this.parts.monotonicMs()) return true;
    this.#keptUntilMs.delete(partition);
    return false;
  }

  /** Executions that have long waited here for their code wait in vain: somebody else may have it. */
  async #offerMisplaced(): Promise<void> {
    const { store, worker, placement, settings, metrics, logger } = this.parts;
    const misplaced = (placement?.misplaced() ?? []).filter(({ partitionId }) => this.#owned.has(partitionId));
    if (misplaced.length === 0) return;
    const { workerId, definitions: own = [] } = worker;
    const definitions = [...new Set(misplaced.flatMap(({ missing }) => missing))];
    const hosts = await store.workersWithCode({ workerId, definitions });
    const places = placePartitions({ misplaced, hosts, own, limit: mostOffered });
    for (const [to, partitions] of places) {
      logger.info({ workerId, to, partitions, definitions }, 'Partitions go to a worker that has code for them');
      await this.#release(partitions, { workerId: to, forMs: settings.leaseMs });
      metrics.count({ counter: instruments.partitionsOffered, by: partitions.length });
    }
  }

  async #release(
    partitions: readonly number[],
    offer?: { readonly workerId: string; readonly forMs: number },
  ): Promise<void> {
    const { store, worker } = this.parts;
    await this.#leave(partitions);
    await store.release({ workerId: worker.workerId, partitions, ...(offer && { offer }) });
  }

  async #leave(partitions: readonly number[]): Promise<void> {
    await this.parts.events.releasing(partitions);
    for (const partition of partitions) {
      this.#owned.delete(partition);
      this.#keptUntilMs.delete(partition);
    }
  }
}
