/**
 * Take, run, act, flush: the loop of a worker over the executions of its partitions.
 *
 * One tick writes what accumulated since the last one in a single commit, takes what arrived in another, feeds the
 * entries of both to the code and starts the actions it asked for. Whatever happens during a commit waits for the next:
 * batches grow with the load and there is no timer. No statement of an execution is under way while its code runs.
 */
import type { CommandOf } from '../../model/commands';
import { defaultLimits, type ExecutionLimits } from '../../model/limits';
import type { ActionCall, ActionOutcome, ActionRunner } from '../../model/ports/actions';
import type { BusStore } from '../../model/ports/bus';
import type { HintPublisher, WakeScheduler } from '../../model/ports/hints';
import type { LiveChange, LivePublisher } from '../../model/ports/live';
import type { MemoryGauge } from '../../model/ports/memory';
import type { RunWatch } from '../../model/ports/runWatch';
import type { Scheduler } from '../../model/ports/scheduler';
import type { ExecutionKey, ExecutionStore } from '../../model/ports/store';
import type { TaskPreparer } from '../../model/ports/tasks';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import type { WorkflowDefinition } from '../../model/workflow';
import type { Drain, Sandbox } from '../../replay/sandbox';
import { instruments } from '../../telemetry/names';
import { processScheduler, sleep } from '../scheduler';
import { ActionCalls } from './actionCalls';
import { BusLooks } from './busLooks';
import { Blocks, type BlockCause } from './blocks';
import type { EngineClock } from './clock';
import { CodeRuns, type Feed } from './codeRuns';
import { openTasksIn } from './engineMetrics';
import { Deferrals, type Misplaced } from './deferrals';
import { Flushes, timerHorizonMs } from './flushes';
import { HeldExecutions } from './heldExecutions';
import { LimitGuard } from './limitGuard';
import { LiveCopies } from './liveCopies';
import { type LiveExecution } from './liveExecution';
import { Notices } from './notices';
import { signalledBy } from './relations';
import { Pressure, type PressureCause } from './pressure';
import { Probation } from './probation';
import { Revival } from './revival';
import { Takes } from './takes';
import { TimerWakes } from './timerWakes';

export interface EnginePorts {
  readonly workerId: string;
  /** Changes with the code of the workflows: what was blocked is tried again by other code. */
  readonly codeVersion: string;
  readonly store: ExecutionStore;
  readonly bus: BusStore;
  readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
  readonly actions: ActionRunner;
  readonly tasks: TaskPreparer;
  readonly live: LivePublisher;
  /** Makes timers that are far off punctual; without it the sweep is. */
  readonly wakes?: WakeScheduler;
  /** Tells the owners of other partitions what was sent to their executions; without it their sweeps find it. */
  readonly publisher?: HintPublisher;
  /** How many partitions executions are spread over; the product's number unless given. */
  readonly partitionCount?: number;
  readonly sandbox: Sandbox;
  /** Knows whose code runs, for when it never ends. */
  readonly watch?: RunWatch;
  readonly drain: Drain;
  /** How full the process is; without it executions are begun however full. */
  readonly memory?: MemoryGauge;
  /** How much one execution may hold; the defaults unless given. */
  readonly executionLimits?: ExecutionLimits;
  readonly clock: EngineClock;
  /** The process's own timers unless given. */
  readonly scheduler?: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Something is to be done: call `tick`. */
  readonly onWork: () => void;
}

export interface EngineLimits {
  /** Executions taken in one tick. */
  readonly takeBatch: number;
  /** Executions written in one commit. */
  readonly flushBatch: number;
  /** Executions kept in memory; those parked longest leave first. */
  readonly liveExecutions: number;
  /** Workers that may end while they run an execution, before it is put aside. */
  readonly maxStrikes: number;
}

export const defaultEngineLimits: EngineLimits = {
  takeBatch: 256,
  flushBatch: 1_024,
  liveExecutions: 5_000,
  maxStrikes: 3,
};

const drainPollMs = 20;
const rescueMs = 20_000;
/** However much is under way, so many cold executions are brought in with each round, unless there is pressure. */
const leastBegun = 8;
/** Commits' worth of executions that may wait to be written before no more are begun. */
const mostCommitsBehind = 4;
/** How often a worker that may begin nothing looks whether it may. */
const pressurePollMs = 20;
/** Of the copies in memory, what goes when memory is short: one in so many, each time that it is found so. */
const relievedShare = 10;

/** What a round does: writes these, takes those, and takes some of the written ones after their commit. */
interface Work {
  readonly flushing: readonly LiveExecution[];
  readonly now: readonly ExecutionKey[];
  readonly afterFlush: readonly ExecutionKey[];
}

export class Engine {
  readonly #ports: EnginePorts;
  readonly #limits: EngineLimits;
  readonly #lives: LiveCopies;
  readonly #notices: Notices;
  readonly #calls: ActionCalls;
  readonly #ready = new Map<string, ExecutionKey>();
  readonly #partitions = new Set<number>();
  readonly #heldBack: HeldExecutions;
  readonly #timerWakes: TimerWakes;
  readonly #busLooks: BusLooks;
  readonly #probation: Probation;
  readonly #pressure: Pressure;
  readonly #scheduler: Scheduler;
  readonly #blocks: Blocks;
  readonly #deferrals: Deferrals;
  readonly #revival: Revival;
  readonly #flushes: Flushes;
  readonly #takes: Takes;
  readonly #runs: CodeRuns;
  /** Adopted, but not yet searched for what their last owner left unfinished. */
  readonly #unadopted = new Set<number>();
  /** Woken before their partition was adopted. */
  readonly #early = new Map<string, ExecutionKey>();
  /** On the database's clock. */
  #rescueAtMs = 0;
  readonly #rounds = new Set<Promise<void>>();
  /** Executions that a round under way works on. No other round touches them. */
  readonly #held = new Set<string>();
  #trouble = false;

  constructor(ports: EnginePorts, limits: EngineLimits = defaultEngineLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.#scheduler = ports.scheduler ?? processScheduler;
    this.#lives = new LiveCopies(ports.onWork);
    this.#notices = new Notices(ports.live);
    this.#probation = new Probation(ports);
    this.#calls = new ActionCalls({
      actions: ports.actions,
      isSuspect: (executionId) => !this.#probation.isEmpty && this.#probation.isStruckByAction(executionId),
      ended: (live, call, command, outcome) => this.#actionEnded(live, call, command, outcome),
      endedBehind: ({ executionId, partitionId }) => {
        if (this.#partitions.has(partitionId)) this.#heldBack.callEnded(executionId);
      },
    });
    this.#pressure = new Pressure({
      ...ports,
      bounds: { liveExecutions: limits.liveExecutions, unwritten: limits.flushBatch * mostCommitsBehind },
      nowMs: () => ports.clock.nowMs(),
      relieve: () => this.#evictTo(this.#lives.size - Math.ceil(this.#lives.size / relievedShare)),
    });
    this.#timerWakes = new TimerWakes({
      horizonMs: timerHorizonMs,
      scheduler: this.#scheduler,
      nowMs: () => ports.clock.nowMs(),
      wake: (key) => this.wake([key]),
    });
    const wake = (keys: readonly ExecutionKey[]) => this.wake(keys);
    const owns = (partitionId: number) => this.#partitions.has(partitionId);
    const reload = (live: LiveExecution) => this.#reload(live);
    const troubled = (keys: readonly ExecutionKey[]) => {
      this.#trouble = true;
      this.wake(keys);
    };
    const changed = (change: LiveChange) => {
      this.#notices.add(change);
      this.#notices.publish();
    };
    this.#blocks = new Blocks({
      ...ports,
      changed,
      again: wake,
      troubled,
    });
    const executionLimits = ports.executionLimits ?? defaultLimits;
    const guard = new LimitGuard({ ...ports, limits: executionLimits });
    this.#deferrals = new Deferrals({ ...ports, scheduler: this.#scheduler, wake });
    this.#revival = new Revival({
      ...ports,
      executionLimits,
      guard,
      deferrals: this.#deferrals,
      probation: this.#probation,
      blocks: this.#blocks,
      changed,
      owns,
      revived: (live) => this.#lives.touch(live),
      wentOnByItself: (live, error) => {
        if (this.#lives.get(live.executionId) === live) this.#block(live.executionId, error);
      },
      troubled,
    });
    this.#busLooks = new BusLooks({ ...ports, wake });
    this.#heldBack = new HeldExecutions({
      workerId: ports.workerId,
      store: ports.store,
      nowMs: () => ports.clock.nowMs(),
      hasCode: ({ workflowName, workflowVersion }) => ports.definition(workflowName, workflowVersion) !== undefined,
      underWay: (executionId) => this.#calls.of(executionId),
      interrupt: (executionId) => ports.actions.interrupt?.({ executionId, why: 'terminated' }),
      write: (flushes) => this.#flushes.write(flushes),
      onWritten: (flush, { history }) => this.#flushes.written(flush, () => openTasksIn(history)),
      wake,
    });
    this.#flushes = new Flushes({
      ...ports,
      lives: this.#lives,
      notices: this.#notices,
      timerWakes: this.#timerWakes,
      busLooks: this.#busLooks,
      owns,
      wake,
      reload,
      block: (executionId, error, cause) => this.#block(executionId, error, cause),
    });
    this.#takes = new Takes({
      ...ports,
      lives: this.#lives,
      revival: this.#revival,
      heldBack: this.#heldBack,
      owns,
      wake,
      reload,
      announce: (keys) => this.#flushes.announce(keys),
      troubled,
    });
    this.#runs = new CodeRuns({
      ...ports,
      lives: this.#lives,
      probation: this.#probation,
      turn: { ...ports, guard, failed: (live, error) => this.#block(live.executionId, error) },
      troubled: (lives) => {
        for (const live of lives) reload(live);
        troubled(lives);
      },
    });
  }

  /** These executions may have something to take. Ids of other partitions are ignored. */
  wake(keys: Iterable<ExecutionKey>): void {
    for (const key of keys) {
      if (this.#partitions.has(key.partitionId)) this.#ready.set(key.executionId, key);
      else if (this.#unadopted.has(key.partitionId)) this.#early.set(key.executionId, key);
    }
    if (this.#ready.size > 0) this.#ports.onWork();
  }

  /**
   * Takes responsibility for partitions and goes on with what their last owner left unfinished. What cannot be read now
   * is read by a later sweep.
   */
  async adopt(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) this.#unadopted.add(partition);
    await this.sweep();
  }

  /**
   * Gives partitions up: takes nothing more for them and waits, for so long at most, until what is under way is
   * written. What is not goes on at the next owner. No statement for them is under way when it resolves.
   */
  async leave(partitions: readonly number[], maxMs: number): Promise<void> {
    const leaving = new Set(partitions);
    for (const partition of leaving) {
      this.#partitions.delete(partition);
      this.#unadopted.delete(partition);
    }
    this.#probation.leave(leaving);
    this.#deferrals.leave(leaving);
    for (const woken of [this.#ready, this.#early]) {
      for (const [id, key] of woken) if (leaving.has(key.partitionId)) woken.delete(id);
    }
    await Promise.all(this.#rounds);
    let leftMs = maxMs;
    for (;;) {
      const lives = [...this.#lives.values()].filter((live) => leaving.has(live.partitionId));
      const late = leftMs <= 0;
      if (lives.every((live) => !this.#held.has(live.executionId) && (live.parked || (late && !live.flushing)))) {
        const abandoned = new Set(lives.filter((live) => !live.parked).map(({ executionId }) => executionId));
        for (const live of lives) {
          if (!live.parked) this.#ports.actions.abandon({ executionId: live.executionId });
          this.#lives.drop(live);
        }
        if (!this.#probation.isEmpty) await this.#handOver(leaving, abandoned);
        return;
      }
      await sleep(this.#scheduler, drainPollMs);
      leftMs -= drainPollMs;
    }
  }

  /** Looks for work that no hint told of. */
  async sweep(): Promise<void> {
    if (this.#partitions.size + this.#unadopted.size === 0) return;
    const adopting = [...this.#unadopted];
    await this.#examine(adopting);
    const found = await this.#ports.store.findWork({
      partitions: [...this.#partitions],
      limit: this.#limits.takeBatch * 4,
      horizonMs: timerHorizonMs,
      ...(this.#deferrals.size > 0 ? { exceptDeferredBy: this.#ports.workerId } : {}),
    });
    this.#ports.clock.seen(found.nowMs);
    this.#pressure.measure({ live: this.#lives.size, unwritten: this.#lives.unwritten });
    for (const { executionId } of found.executions) this.#lives.get(executionId)?.announce();
    for (const timer of found.upcoming) this.#timerWakes.schedule(timer, timer.fireAtMs);
    this.wake(found.executions);
    await this.#applyRedrives(found.redriven);
    await this.#adoptUnfinished(adopting);
    await this.#rescue(found.nowMs);
    await this.#busLooks.sweep([...this.#partitions], found.nowMs);
    if (this.#probation.isEmpty) return;
    await this.#endProbation(this.#probation.noted.filter(({ executionId }) => !this.#held.has(executionId)));
  }

  /** Nothing of newly owned partitions runs before it is known what ended their last owner. */
  async #examine(partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const { store, workerId, logger } = this.#ports;
    const examination = await store.examine({ workerId, partitions, maxStrikes: this.#limits.maxStrikes });
    this.#probation.examined(examination);
    for (const { executionId, tenant } of examination.condemned) {
      logger.error({ executionId, tenant, workerId }, 'Workers ended again and again while they ran it; put aside');
      this.#ports.metrics.count({ counter: instruments.deadLetters, labels: { kind: 'poison' } });
      this.#notices.add({ tenant, topic: 'execution', id: executionId });
    }
    for (const partition of partitions) if (this.#unadopted.has(partition)) this.#partitions.add(partition);
    const early = [...this.#early.values()];
    this.#early.clear();
    this.wake(early);
    this.#notices.publish();
  }

  /** Somebody wants these to go on that were put aside. */
  async #applyRedrives(redriven: readonly ExecutionKey[]): Promise<void> {
    if (redriven.length === 0) return;
    const { store, workerId } = this.#ports;
    this.wake(await store.applyRedrives({ workerId, executions: redriven }));
  }

  /**
   * Called after the inbox of these partitions was looked through: what a late statement of the last owner takes out of
   * the inbox between the two looks is found by the second. Executions blocked by other code than this
   * worker's are tried again.
   */
  async #adoptUnfinished(partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const { store, codeVersion } = this.#ports;
    const unfinished = await store.findUnfinished({ partitions, blockedForCode: codeVersion });
    this.#probation.adopted(partitions, unfinished);
    for (const partition of partitions) this.#unadopted.delete(partition);
    this.wake(unfinished);
    await this.#deferrals.adopted(partitions);
  }

  /**
   * What the store says is at work must be at work here. It is not where a statement of a former owner was carried out
   * late: it took the inbox, nobody heard of it, and no inbox row or timer is left to be found by.
   */
  async #rescue(nowMs: number): Promise<void> {
    if (nowMs < this.#rescueAtMs) return;
    const unfinished = await this.#ports.store.findUnfinished({
      partitions: [...this.#partitions],
      blockedForCode: null,
    });
    this.#rescueAtMs = nowMs + rescueMs;
    this.wake(
      unfinished.filter(
        ({ executionId }) => this.#lives.get(executionId)?.parked !== false && !this.#deferrals.isWaiting(executionId),
      ),
    );
  }

  /** Partitions that other workers may serve better: with executions deferred here for longer than that. */
  misplaced(patienceMs: number): readonly Misplaced[] {
    return this.#deferrals.misplaced(patienceMs);
  }

  /** Nothing is worked on before a sweep has told the database's time. */
  get hasWork(): boolean {
    return this.#ports.clock.isSet && (this.#ready.size > 0 || this.#lives.unwritten > 0);
  }

  /** Whether an execution was woken and what it was woken for is not committed yet. */
  isReady(executionId: string): boolean {
    return this.#ready.has(executionId) || this.#held.has(executionId) || this.#early.has(executionId);
  }

  get stats(): {
    readonly live: number;
    readonly ready: number;
    readonly actions: number;
    readonly deferred: number;
    /** Why no other execution is begun; empty while they are. */
    readonly pressure: readonly PressureCause[];
  } {
    const { size: deferred } = this.#deferrals;
    const { causes: pressure } = this.#pressure;
    return { live: this.#lives.size, ready: this.#ready.size, actions: this.#calls.size, deferred, pressure };
  }

  /**
   * One round. Several may be under way, each over executions of its own: while one waits for its commit, another runs
   * code. Rejects `FencedError` when the worker must stop. Answers `trouble` when the store did not: what it concerned is
   * loaded again, after a pause that is the caller's.
   */
  async tick(): Promise<'fine' | 'trouble'> {
    const others = [...this.#rounds];
    const flushing = this.#lives.takeUnwritten(this.#limits.flushBatch, (executionId) => this.#held.has(executionId));
    const taking = this.#nextTake(flushing);
    const work: Work = { flushing, ...taking };
    if ([flushing, taking.now, taking.afterFlush].every(({ length }) => length === 0)) {
      // All that is to be done is held by others, or has to wait until less is under way.
      // So has what waits for a suspect to come to rest.
      if (this.#pressure.isOn || !this.#probation.isEmpty) others.push(sleep(this.#scheduler, pressurePollMs));
      if (others.length > 0) {
        await Promise.race(others);
        return 'fine';
      }
    }
    const round = this.#round(work);
    const settled = round.catch(() => undefined);
    this.#rounds.add(settled);
    await round.finally(() => this.#rounds.delete(settled));
    const answer = this.#trouble ? 'trouble' : 'fine';
    this.#trouble = false;
    return answer;
  }

  async #round(work: Work): Promise<void> {
    const { flushing, now, afterFlush } = work;
    const held = [...flushing, ...now, ...afterFlush].map(({ executionId }) => executionId);
    for (const id of held) this.#held.add(id);
    try {
      await this.#work(work);
    } finally {
      for (const id of held) this.#held.delete(id);
      if (!this.#probation.isEmpty) this.#probation.release(held);
    }
  }

  async #work({ flushing, now, afterFlush }: Work): Promise<void> {
    const feed: Feed = new Map();
    const commits = await Promise.allSettled([
      // What is being written is taken after its commit: its new entries come behind those.
      this.#flushes.flush(flushing, feed).then(() => this.#takes.take(afterFlush, feed)),
      this.#takes.take(now, feed),
    ]);
    const failed = commits.find((commit) => commit.status === 'rejected');
    if (failed) {
      // What was committed is in the log, but the code will not be fed with it in this round.
      for (const live of new Set([...flushing, ...feed.keys()])) if (!live.dropped) this.#reload(live);
      this.wake([...now, ...afterFlush]);
      throw failed.reason;
    }
    await this.#runs.run(feed);
    if (!this.#probation.isEmpty) await this.#endProbation([...flushing, ...now, ...afterFlush]);
    // What ends at once shares the commit of what the code did before it asked for it.
    if (this.#calls.start(feed.keys())) await this.#ports.drain([]);
    this.#evictTo(this.#limits.liveExecutions);
    this.#notices.publish();
  }

  stop(): void {
    this.#timerWakes.clear();
    this.#deferrals.stop();
    this.#partitions.clear();
    this.#unadopted.clear();
    this.#ready.clear();
    this.#early.clear();
    for (const live of [...this.#lives.values()]) this.#lives.drop(live);
  }

  // Take

  #nextTake(flushing: readonly LiveExecution[]): { readonly now: ExecutionKey[]; readonly afterFlush: ExecutionKey[] } {
    const written = new Set(flushing);
    const now: ExecutionKey[] = [];
    const afterFlush: ExecutionKey[] = [];
    let mayBegin = this.#mayBegin(flushing.length);
    const admits = this.#probation.isEmpty ? null : this.#probation.admission();
    for (const [id, key] of admits ? this.#probation.inOrder(this.#ready) : this.#ready) {
      if (now.length + afterFlush.length >= this.#limits.takeBatch) break;
      if (this.#held.has(id)) continue;
      const live = this.#lives.get(id);
      // It takes nothing more; what still comes is closed after its end.
      if (live?.isTerminating) this.#ready.delete(id);
      const later = live !== undefined && written.has(live);
      if (!later && !(live ? live.mayTake : mayBegin > 0)) continue;
      if (admits && !admits(key)) continue;
      if (!live) mayBegin -= 1;
      (later ? afterFlush : now).push(key);
      this.#ready.delete(id);
    }
    return { now, afterFlush };
  }

  /** What is under way is finished before more is begun: a worker that begins all at once carries all of it along. */
  #mayBegin(flushing: number): number {
    const { takeBatch, flushBatch } = this.#limits;
    this.#pressure.measure({ live: this.#lives.size, unwritten: this.#lives.unwritten });
    if (!this.#pressure.isOn) return flushing < flushBatch / 2 ? takeBatch : leastBegun;
    // Where nothing is under way, nothing that ends would ever relieve it.
    const isIdle = flushing + this.#lives.unwritten + this.#rounds.size + this.#calls.size === 0;
    return isIdle ? leastBegun : 0;
  }

  /** Of those left that are at rest nothing is to be feared. The next owner goes on with the others. */
  #handOver(partitions: ReadonlySet<number>, abandoned: ReadonlySet<string>): Promise<void> {
    const left = this.#probation.noted.filter(({ partitionId }) => partitions.has(partitionId));
    return this.#judge(() => this.#probation.handOver(left, (id) => !abandoned.has(id)));
  }

  #endProbation(ran: readonly ExecutionKey[]): Promise<void> {
    return this.#judge(() => this.#probation.clear(ran, (id) => this.#lives.get(id)?.parked !== false));
  }

  async #judge(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const { logger, workerId } = this.#ports;
      logger.warn({ error, workerId }, 'It could not be noted that suspects ran; trying again');
    }
    // Those that waited for their turn.
    if (this.#ready.size > 0) this.#ports.onWork();
  }

  // Actions

  #actionEnded(live: LiveExecution, call: ActionCall, command: CommandOf<'action'>, outcome: ActionOutcome): void {
    if (outcome.status === 'ownership_lost') return this.#reload(live);
    if (outcome.status === 'deferred') return this.#actionDeferred(live, command, outcome.taskId);
    live.actionEnded(command, outcome);
    // Nobody is asked about it any more.
    if (call.isCanceled) this.#notices.add({ tenant: live.tenant, topic: 'task', id: live.executionId });
    this.#flushes.announce(signalledBy(command.name, outcome));
    this.#lives.markUnwritten(live);
  }

  /** The outcome comes through the inbox, which may have brought it already. */
  #actionDeferred(live: LiveExecution, command: CommandOf<'action'>, taskId: string | null): void {
    live.actionDeferred(command);
    if (taskId !== null) {
      this.#notices.add({ tenant: live.tenant, topic: 'task', id: taskId });
      this.#notices.publish();
    }
    this.wake([live]);
    this.#lives.markUnwritten(live);
  }

  // Memory

  #reload(live: LiveExecution): void {
    this.#lives.drop(live);
    this.wake([live]);
  }

  #evictTo(kept: number): void {
    this.#lives.evictTo(kept, (executionId) => this.isReady(executionId));
  }

  // Trouble

  /** The code and the log disagree: the execution waits for a deploy, nothing of it is written. */
  #block(executionId: string, error: unknown, cause: BlockCause = 'code'): void {
    const live = this.#lives.get(executionId);
    if (!live) return;
    this.#lives.drop(live);
    void this.#blocks.write(live, error, cause);
  }
}
