/**
 * A worker: owns partitions, runs their executions, gives them back. Any number may run, any may be killed at any time.
 */
import type { HintSource, ReceivedHint } from '../../model/ports/hints';
import type { LockPort } from '../../model/ports/locks';
import type { MembershipStore, WorkerIdentity } from '../../model/ports/membership';
import type { Scheduler, TimerHandle } from '../../model/ports/scheduler';
import type { StuckCounter } from '../../model/ports/stuck';
import { FencedError } from '../../model/ports/store';
import { createEngineClock } from '../engine/clock';
import { Engine, type EngineLimits, type EnginePorts } from '../engine/engine';
import { instruments } from '../../telemetry/names';
import { processScheduler, sleep } from '../scheduler';
import { meterStore } from './meteredStore';
import { defaultMembershipSettings, MembershipLoop, type MembershipSettings } from './membershipLoop';
import { defaultStuckSettings, StuckWatch, type StuckSettings } from './stuckWatch';

export interface WorkerSettings {
  readonly membership: MembershipSettings;
  /** How often owners look for work themselves, while hints arrive and while they do not. */
  readonly sweepMs: number;
  readonly sweepWithoutHintsMs: number;
  /** How long an execution waits here for its code before its partition goes to a worker that has it. */
  readonly deferralPatienceMs: number;
  /** How long a stop waits for actions under way. */
  readonly drainMs: number;
  readonly stuck?: StuckSettings;
  readonly limits?: EngineLimits;
}

export const defaultWorkerSettings: WorkerSettings = {
  membership: defaultMembershipSettings,
  sweepMs: 2_000,
  sweepWithoutHintsMs: 250,
  deferralPatienceMs: 30_000,
  drainMs: 10_000,
};

export interface WorkerParts extends Omit<EnginePorts, 'workerId' | 'codeVersion' | 'clock' | 'onWork'> {
  readonly identity: WorkerIdentity;
  /** The worker that this one replaces, known to be dead. */
  readonly replaces?: string | null;
  readonly membership: MembershipStore;
  readonly hints: HintSource;
  readonly locks?: LockPort;
  /** Without it nobody counts the stuck executions of this worker. */
  readonly stuck?: StuckCounter;
  readonly settings?: WorkerSettings;
  readonly monotonicMs: () => number;
  /** Called once when the worker finds itself fenced; its process should end. */
  readonly onFenced: () => void;
}

/** Rounds of the engine at a time: while one waits for its commit, the other runs code. */
const rounds = 2;
/** After an error of the store, so that an outage is not answered with a storm of retries. */
const troublePauseMs = 200;

export class Worker {
  readonly #parts: WorkerParts;
  readonly #settings: WorkerSettings;
  readonly #engine: Engine;
  readonly #membership: MembershipLoop;
  readonly #scheduler: Scheduler;
  readonly #stuck: StuckWatch | null;
  #state: 'new' | 'running' | 'stopping' | 'stopped' | 'fenced' = 'new';
  #leaseCertain = true;
  readonly #sleepers = new Set<() => void>();
  #pump: Promise<void> = Promise.resolve();
  #sweepTimer: TimerHandle | undefined;
  /** Hints are acknowledged after the commit that took what they told of. */
  #unacknowledged: ReceivedHint[] = [];

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#settings = parts.settings ?? defaultWorkerSettings;
    this.#scheduler = parts.scheduler ?? processScheduler;
    const { workerId, codeVersion } = parts.identity;
    const clock = createEngineClock(parts.monotonicMs);
    this.#engine = new Engine(
      { ...parts, store: meterStore(parts), workerId, codeVersion, clock, onWork: () => this.#wakeUp() },
      this.#settings.limits,
    );
    this.#stuck =
      parts.stuck === undefined
        ? null
        : new StuckWatch({
            counter: parts.stuck,
            settings: this.#settings.stuck ?? defaultStuckSettings,
            partitions: () => this.#membership.owned,
            scheduler: this.#scheduler,
            logger: parts.logger,
            metrics: parts.metrics,
          });
    this.#membership = new MembershipLoop({
      store: parts.membership,
      worker: parts.identity,
      replaces: parts.replaces ?? null,
      settings: this.#settings.membership,
      placement: {
        misplaced: () => this.#engine.misplaced(this.#settings.deferralPatienceMs),
        keptMs: this.#settings.deferralPatienceMs * 2,
      },
      scheduler: this.#scheduler,
      monotonicMs: parts.monotonicMs,
      logger: parts.logger,
      metrics: parts.metrics,
      ...(parts.locks ? { locks: parts.locks } : {}),
      events: {
        acquired: (partitions) => this.#acquired(partitions),
        releasing: (partitions) => this.#release(partitions),
        leaseCertain: (certain) => {
          this.#leaseCertain = certain;
          if (certain) this.#wakeUp();
        },
        fenced: () => this.#fenced(),
      },
    });
  }

  async start(): Promise<void> {
    this.#state = 'running';
    this.#pump = Promise.all(Array.from({ length: rounds }, () => this.#run())).then(() => undefined);
    await this.#parts.hints.start({
      listener: {
        onHints: ({ hints }) => {
          this.#unacknowledged.push(...hints);
          this.#engine.wake(hints);
          this.#wakeUp();
        },
        onHeal: () => void this.#sweep(),
      },
    });
    await this.#membership.start();
    this.#scheduleSweep();
    this.#stuck?.start();
  }

  get state(): {
    readonly status: string;
    readonly partitions: readonly number[];
    readonly heartbeatAgeMs: number;
    readonly live: number;
    readonly actions: number;
    readonly pressure: readonly string[];
  } {
    const { live, actions, pressure } = this.#engine.stats;
    const { owned: partitions, heartbeatAgeMs } = this.#membership;
    return { status: this.#state, partitions, heartbeatAgeMs, live, actions, pressure };
  }

  /** Finishes what is under way, writes it, and gives the partitions to the others. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#stuck?.stop();
    this.#scheduler.clearTimer(this.#sweepTimer);
    await this.#membership.halt();
    await this.#parts.hints.stop();
    await this.#drain(() => this.#engine.stats.actions === 0 && !this.#engine.hasWork, this.#settings.drainMs);
    this.#state = 'stopped';
    this.#parts.actions.abandon({});
    this.#wakeUp();
    await this.#pump;
    this.#engine.stop();
    await this.#membership.retire();
  }

  #wakeUp(): void {
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }

  async #run(): Promise<void> {
    while (this.#state === 'running' || this.#state === 'stopping') {
      if (!this.#leaseCertain || !this.#engine.hasWork) {
        this.#acknowledge();
        await new Promise<void>((resolve) => {
          this.#sleepers.add(resolve);
          if (this.#engine.hasWork && this.#leaseCertain) resolve();
          if (this.#state === 'stopped' || this.#state === 'fenced') resolve();
        });
        continue;
      }
      const hints = this.#unacknowledged;
      this.#unacknowledged = [];
      try {
        const answer = await this.#engine.tick();
        if (answer === 'trouble') await sleep(this.#scheduler, troublePauseMs);
        const taken: ReceivedHint[] = [];
        for (const hint of hints) {
          if (this.#engine.isReady(hint.executionId)) this.#unacknowledged.push(hint);
          else taken.push(hint);
        }
        if (taken.length > 0) void this.#parts.hints.acknowledge({ hints: taken });
      } catch (error) {
        if (error instanceof FencedError) return this.#fenced();
        this.#parts.logger.error({ error, workerId: this.#parts.identity.workerId }, 'A round of the engine failed');
        await sleep(this.#scheduler, troublePauseMs);
      }
    }
  }

  /** What is not taken yet stays: whoever takes over from this worker shall hear of it. */
  #acknowledge(): void {
    const hints = this.#unacknowledged.filter((hint) => !this.#engine.isReady(hint.executionId));
    if (hints.length === 0) return;
    this.#unacknowledged = this.#unacknowledged.filter((hint) => this.#engine.isReady(hint.executionId));
    void this.#parts.hints.acknowledge({ hints });
  }

  async #acquired(partitions: readonly number[]): Promise<void> {
    this.#parts.hints.setPartitions({ partitionIds: this.#membership.owned });
    await this.#engine.adopt(partitions);
  }

  async #release(partitions: readonly number[]): Promise<void> {
    const leaving = new Set(partitions);
    const staying = this.#membership.owned.filter((partition) => !leaving.has(partition));
    this.#parts.hints.setPartitions({ partitionIds: staying });
    await this.#engine.leave(partitions, this.#settings.membership.leaseMs / 2);
  }

  /** Waits until something is quiet, for so long at most: what is not is redone by the next owner. */
  async #drain(quiet: () => boolean, maxMs: number): Promise<void> {
    const deadline = this.#parts.monotonicMs() + maxMs;
    while (!quiet() && this.#parts.monotonicMs() < deadline && this.#state !== 'fenced') {
      await sleep(this.#scheduler, 20);
    }
  }

  #scheduleSweep(): void {
    if (this.#state !== 'running') return;
    const delayMs = this.#parts.hints.state() === 'up' ? this.#settings.sweepMs : this.#settings.sweepWithoutHintsMs;
    this.#sweepTimer = this.#scheduler.setTimer({
      delayMs,
      run: () => void this.#sweep().then(() => this.#scheduleSweep()),
    });
  }

  async #sweep(): Promise<void> {
    try {
      await this.#engine.sweep();
      const { live, actions, deferred, ready } = this.#engine.stats;
      this.#parts.metrics.set({ gauge: instruments.queueDepth, value: ready });
      this.#parts.metrics.set({ gauge: instruments.liveExecutions, value: live });
      this.#parts.metrics.set({ gauge: instruments.deferredExecutions, value: deferred });
      this.#parts.metrics.set({ gauge: instruments.inFlightActions, value: actions });
    } catch (error) {
      this.#parts.logger.warn({ error, workerId: this.#parts.identity.workerId }, 'The sweep failed; trying again');
    }
  }

  #fenced(): void {
    if (this.#state === 'fenced' || this.#state === 'stopped') return;
    this.#state = 'fenced';
    this.#stuck?.stop();
    this.#scheduler.clearTimer(this.#sweepTimer);
    this.#parts.logger.error({ workerId: this.#parts.identity.workerId }, 'This worker is fenced and stops');
    this.#parts.actions.abandon({});
    this.#engine.stop();
    void this.#membership.halt();
    this.#wakeUp();
    this.#parts.onFenced();
  }
}
