/**
 * Take, run, act, flush: the loop of a worker over the executions of its partitions.
 *
 * One tick writes what accumulated since the last one in a single commit, takes what arrived in another, feeds the
 * entries of both to the code and starts the actions it asked for. Whatever happens during a commit waits for the next:
 * batches grow with the load and there is no timer. No statement of an execution is under way while its code runs.
 */
import type { CommandOf } from '../../model/commands';
import { continuesCode, type HistoryEntry } from '../../model/history';
import { defaultLimits, type ExecutionLimits } from '../../model/limits';
import type { ActionCall, ActionOutcome, ActionRunner } from '../../model/ports/actions';
import type { BusStore } from '../../model/ports/bus';
import type { HintPublisher, WakeScheduler } from '../../model/ports/hints';
import type { LiveChange, LivePublisher } from '../../model/ports/live';
import type { MemoryGauge } from '../../model/ports/memory';
import type { RunWatch } from '../../model/ports/runWatch';
import type { Scheduler } from '../../model/ports/scheduler';
import { FencedError, type ExecutionFlush, type ExecutionKey, type ExecutionStore } from '../../model/ports/store';
import type { LoadedExecution, TakenEntries } from '../../model/ports/store';
import type { TaskPreparer } from '../../model/ports/tasks';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import type { WorkflowDefinition } from '../../model/workflow';
import type { Drain, Sandbox, Turn } from '../../replay/sandbox';
import { instruments } from '../../telemetry/names';
import { processScheduler, sleep } from '../scheduler';
import { ActionCalls } from './actionCalls';
import { BusLooks } from './busLooks';
import { Blocks, type BlockCause } from './blocks';
import type { EngineClock } from './clock';
import { countCommitted, countRun, observeTimers, openTasksIn } from './engineMetrics';
import { Deferrals, type Misplaced } from './deferrals';
import { HeldExecutions, type SortedExecutions } from './heldExecutions';
import { LimitGuard } from './limitGuard';
import { LiveCopies } from './liveCopies';
import { type LiveExecution } from './liveExecution';
import { LiveTurn, type LiveTurnPorts } from './liveTurn';
import { Notices } from './notices';
import { signalledBy, touchedBy } from './relations';
import { Pressure, type PressureCause } from './pressure';
import { Probation } from './probation';
import { Revival } from './revival';
import { splitUntilGood } from './splitBatch';
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

const timerHorizonMs = 10_000;
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

type Feed = Map<LiveExecution, HistoryEntry[]>;

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
  readonly #turnPorts: LiveTurnPorts;
  readonly #guard: LimitGuard;
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
    const troubled = (keys: readonly ExecutionKey[]) => {
      this.#trouble = true;
      this.#again(keys);
    };
    const changed = (change: LiveChange) => {
      this.#notices.add(change);
      this.#notices.publish();
    };
    this.#blocks = new Blocks({
      ...ports,
      changed,
      again: (keys) => this.#again(keys),
      troubled,
    });
    const executionLimits = ports.executionLimits ?? defaultLimits;
    this.#guard = new LimitGuard({ ...ports, limits: executionLimits });
    this.#turnPorts = { ...ports, guard: this.#guard, failed: (live, error) => this.#block(live.executionId, error) };
    this.#deferrals = new Deferrals({ ...ports, scheduler: this.#scheduler, wake: (keys) => this.wake(keys) });
    this.#revival = new Revival({
      ...ports,
      executionLimits,
      guard: this.#guard,
      deferrals: this.#deferrals,
      probation: this.#probation,
      blocks: this.#blocks,
      changed,
      owns: (partitionId) => this.#partitions.has(partitionId),
      revived: (live) => this.#lives.touch(live),
      wentOnByItself: (live, error) => {
        if (this.#lives.get(live.executionId) === live) this.#block(live.executionId, error);
      },
      troubled,
    });
    this.#busLooks = new BusLooks({ ...ports, wake: (keys) => this.wake(keys) });
    this.#heldBack = new HeldExecutions({
      workerId: ports.workerId,
      store: ports.store,
      nowMs: () => ports.clock.nowMs(),
      hasCode: ({ workflowName, workflowVersion }) => ports.definition(workflowName, workflowVersion) !== undefined,
      underWay: (executionId) => this.#calls.of(executionId),
      interrupt: (executionId) => ports.actions.interrupt?.({ executionId, why: 'terminated' }),
      write: (flushes) => this.#write(flushes),
      onWritten: (flush, { history }) => this.#written(flush, () => openTasksIn(history)),
      wake: (keys) => this.#again(keys),
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
        for (const live of lives) {
          if (!live.parked) this.#ports.actions.abandon({ executionId: live.executionId });
          this.#lives.drop(live);
        }
        if (!this.#probation.isEmpty) await this.#forgetLeft(leaving);
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
      this.#flush(flushing, feed).then(() => this.#take(afterFlush, feed)),
      this.#take(now, feed),
    ]);
    const failed = commits.find((commit) => commit.status === 'rejected');
    if (failed) {
      // What was committed is in the log, but the code will not be fed with it in this round.
      for (const live of new Set([...flushing, ...feed.keys()])) if (!live.dropped) this.#reload(live);
      this.#again([...now, ...afterFlush]);
      throw failed.reason;
    }
    await this.#run(feed);
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

  // Flush

  async #flush(lives: readonly LiveExecution[], feed: Feed): Promise<void> {
    if (lives.length === 0) return;
    const flushes = new Map(lives.map((live) => [live, live.beginFlush()]));
    const won = await this.#write([...flushes.values()]);
    for (const [live, flush] of flushes) {
      if (live.dropped) continue;
      if (won.has(live.executionId)) this.#flushed(live, flush, feed);
      else this.#reload(live);
    }
  }

  #flushed(live: LiveExecution, flush: ExecutionFlush, feed: Feed): void {
    const { tenant } = live;
    const wasBlocked = live.blocked;
    const entries = live.committed(flush);
    this.#written(flush, () => live.instance.openTasks.length);
    for (const task of flush.tasksAdded) this.#notices.add({ tenant, topic: 'task', id: task.row.taskId });
    for (const { taskId } of flush.tasksChanged) this.#notices.add({ tenant, topic: 'task', id: taskId });
    for (const timer of flush.timersAdded) this.#scheduleWake(live, timer.fireAtMs);
    if (flush.waitsAdded.length > 0) this.#busLooks.committed(flush);
    if (flush.end || (live.isPaused && live.parked)) return this.#lives.drop(live);
    // What the log holds is not for the code now; a later replay gives it.
    if (live.isHeld) return this.#lives.touch(live);
    feed.set(live, entries);
    if (wasBlocked) this.wake([live]);
  }

  /** Somebody's inbox was written, or somebody was started: the owner is to look. */
  #announce(keys: readonly ExecutionKey[]): void {
    if (keys.length === 0) return;
    this.wake(keys);
    const hints = keys.filter(({ partitionId }) => !this.#partitions.has(partitionId));
    if (hints.length > 0) void this.#ports.publisher?.publish({ hints });
  }

  /** Tells of a commit. */
  #written(flush: ExecutionFlush, openTasks: () => number): void {
    const { executionId: id, tenant } = flush;
    this.#notices.add({ tenant, topic: 'execution', id });
    if (flush.relations) this.#announce(touchedBy(flush));
    countCommitted(this.#ports.metrics, flush, openTasks);
    if (flush.end && flush.cancelOpenTasks) this.#notices.add({ tenant, topic: 'task', id });
  }

  /** Timers are rows that the sweep finds; this only makes them punctual. */
  #scheduleWake({ executionId, partitionId }: LiveExecution, fireAtMs: number): void {
    const soon = fireAtMs - this.#ports.clock.nowMs() <= timerHorizonMs;
    if (soon) this.#timerWakes.schedule({ executionId, partitionId }, fireAtMs);
    else void this.#ports.wakes?.scheduleWake({ executionId, partitionId, at: new Date(fireAtMs) });
  }

  /** Writes a batch; on trouble with its content in ever smaller parts, so that one bad row stops one execution. */
  async #write(flushes: readonly ExecutionFlush[]): Promise<ReadonlySet<string>> {
    const { store, workerId, logger, metrics } = this.#ports;
    metrics.observe({ histogram: instruments.flushBatchExecutions, value: flushes.length });
    try {
      const write = (part: readonly ExecutionFlush[]) => store.flush({ workerId, executions: part });
      const won = await splitUntilGood(flushes, write, (flush, error) => {
        logger.error({ error, executionId: flush.executionId, workerId }, 'An execution cannot be written');
        this.#block(flush.executionId, error, 'bad_row');
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

  // Take

  #nextTake(flushing: readonly LiveExecution[]): { readonly now: ExecutionKey[]; readonly afterFlush: ExecutionKey[] } {
    const written = new Set(flushing);
    const now: ExecutionKey[] = [];
    const afterFlush: ExecutionKey[] = [];
    let mayBegin = this.#mayBegin(flushing.length);
    const admits = this.#probation.isEmpty ? null : this.#probation.admission();
    for (const [id, key] of this.#ready) {
      if (now.length + afterFlush.length >= this.#limits.takeBatch) break;
      if (this.#held.has(id)) continue;
      const live = this.#lives.get(id);
      // It takes nothing more; what still comes is closed after its end.
      if (live?.isTerminating) this.#ready.delete(id);
      const later = live !== undefined && written.has(live);
      if (!later && !(live ? live.mayTake : mayBegin > 0)) continue;
      if (admits && !admits(id)) continue;
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

  async #take(keys: readonly ExecutionKey[], feed: Feed): Promise<void> {
    if (keys.length === 0) return;
    const cold = keys.filter((key) => !this.#lives.has(key.executionId));
    const wasCold = new Set(cold);
    let loaded: readonly LoadedExecution[] = [];
    this.#heldBack.beginLoad(cold);
    try {
      loaded = cold.length > 0 ? await this.#ports.store.load({ executions: cold }) : [];
    } catch (error) {
      this.#ports.logger.warn(
        { error, workerId: this.#ports.workerId },
        'Executions could not be loaded; trying again',
      );
      this.#trouble = true;
      return this.#again(keys);
    }
    const { toRun, late, held } = this.#heldBack.sort(
      loaded.filter(({ partitionId }) => this.#partitions.has(partitionId)),
    );
    const revived = await this.#revival.reviveAll(toRun);
    if (!revived) return this.#again(keys);
    const withInbox = new Set(revived.flatMap(({ live, hasInbox }) => (live && hasInbox ? [live] : [])));
    const warm = keys.flatMap((key) => {
      const live = this.#lives.get(key.executionId);
      return live && (withInbox.has(live) || !wasCold.has(key)) ? [live] : [];
    });
    for (const { live } of revived) if (live) feed.set(live, feed.get(live) ?? []);
    await this.#takeEntries(
      warm.filter((live) => !this.#lives.isUnwritten(live) && !live.blocked),
      feed,
    );
    this.#again(warm.filter((live) => this.#lives.isUnwritten(live) && !live.blocked));
    await this.#decideHeld(held);
    if (late.length === 0) return;
    const { handedTo } = await this.#ports.store.closeLate({ workerId: this.#ports.workerId, executions: late });
    this.#announce(handedTo);
  }

  async #decideHeld(held: SortedExecutions['held']): Promise<void> {
    try {
      await this.#heldBack.handle(held);
    } catch (error) {
      if (error instanceof FencedError) throw error;
      const { logger, workerId } = this.#ports;
      logger.warn({ error, workerId, executions: held.length }, 'Decisions have no answer; they are looked for again');
      this.#trouble = true;
      this.#again(held.map(({ execution }) => execution));
    }
  }

  async #takeEntries(lives: readonly LiveExecution[], feed: Feed): Promise<void> {
    if (lives.length === 0) return;
    const { workerId, logger, metrics } = this.#ports;
    try {
      const taken = new Map((await this.#takeFrom(lives)).map((each) => [each.executionId, each.entries]));
      for (const live of lives) {
        if (live.dropped) continue;
        const entries = taken.get(live.executionId);
        if (!entries) {
          this.#reload(live);
          continue;
        }
        metrics.count({ counter: instruments.entriesTaken, by: entries.length });
        observeTimers(metrics, live, entries);
        const wasPaused = live.isPaused;
        live.taken(entries);
        live.heed(entries);
        if (live.isHeld) this.#hold(live, feed);
        else if (wasPaused) this.#reload(live);
        else feed.set(live, [...(feed.get(live) ?? []), ...entries]);
      }
    } catch (error) {
      if (error instanceof FencedError) throw error;
      logger.warn({ error, workerId, executions: lives.length }, 'A take has no answer; its executions are reloaded');
      this.#trouble = true;
      for (const live of lives) this.#reload(live);
    }
  }

  async #takeFrom(lives: readonly LiveExecution[]): Promise<readonly TakenEntries[]> {
    const { store, workerId } = this.#ports;
    const paused = lives.filter((live) => live.isPaused);
    if (paused.length === 0) return store.take({ workerId, items: lives.map(takeItem) });
    const free = lives.filter((live) => !live.isPaused);
    const decided = paused.map((live) => ({ ...takeItem(live), failuresUndone: [] }));
    const taken = await store.takeDecisions({ workerId, items: decided });
    return free.length > 0 ? [...taken, ...(await store.take({ workerId, items: free.map(takeItem) }))] : taken;
  }

  /** Paused, or to be terminated: only what is under way is still recorded. */
  #hold(live: LiveExecution, feed: Feed): void {
    feed.delete(live);
    const { executionId } = live;
    if (live.isTerminating) this.#ports.actions.interrupt?.({ executionId, why: 'terminated' });
    if (live.isPaused && live.parked) this.#lives.drop(live);
    else this.#lives.touch(live);
  }

  /** A worker that gives them up in good order was not ended by them. */
  #forgetLeft(partitions: ReadonlySet<number>): Promise<void> {
    return this.#endProbation(this.#probation.noted.filter(({ partitionId }) => partitions.has(partitionId)));
  }

  async #endProbation(ran: readonly ExecutionKey[]): Promise<void> {
    try {
      await this.#probation.clear(ran, (id) => this.#lives.get(id)?.parked !== false);
    } catch (error) {
      const { logger, workerId } = this.#ports;
      logger.warn({ error, workerId }, 'It could not be noted that suspects ran; trying again');
    }
    // Those that waited for their turn.
    if (this.#ready.size > 0) this.#ports.onWork();
  }

  // Run

  /** Feeds entries one at a time. */
  async #run(feed: Feed): Promise<void> {
    if (feed.size === 0) return;
    const { metrics, clock } = this.#ports;
    const startedMs = clock.nowMs();
    const queues: Feed = new Map();
    let runs = 0;
    for (const [live, entries] of feed) {
      if (live.dropped) continue;
      queues.set(live, entries);
      if (entries.length > 0) runs += 1;
    }
    if (!this.#probation.isEmpty) {
      for (const [live, entries] of [...queues]) {
        if (!this.#probation.isNoted(live.executionId)) continue;
        queues.delete(live);
        await this.#runTogether(new Map([[live, entries]]), new Map([[live, entries]]));
      }
    }
    await this.#runTogether(feed, queues);
    countRun(metrics, { mode: 'warm', runs, ms: clock.nowMs() - startedMs });
    for (const live of feed.keys()) this.#lives.touch(live);
  }

  /** @param queues what is left to feed of `feed`; used up. */
  async #runTogether(feed: Feed, queues: Feed): Promise<void> {
    for (;;) {
      const turns = this.#nextTurns(queues);
      if (turns.length > 0) {
        await this.#ports.drain(turns);
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
        if (entry) turns.push(new LiveTurn(this.#turnPorts, live, entry));
        else queues.delete(live);
      } catch (error) {
        queues.delete(live);
        this.#block(live.executionId, error);
      }
    }
    return turns;
  }

  /** Tasks are created within the run: what waits for them is in the same commit. */
  async #prepareTasks(lives: Iterable<LiveExecution>, queues: Feed): Promise<boolean> {
    const asked = [...lives].flatMap((live) => live.takeTasksToPrepare().map((each) => ({ live, ...each })));
    if (asked.length === 0) return false;
    try {
      const prepared = await this.#ports.tasks.prepare(asked.map(({ request }) => request));
      for (const [index, { live, command }] of asked.entries()) {
        const answer = prepared[index];
        if (!answer || live.dropped) continue;
        const entry = live.taskPrepared(command, answer);
        queues.set(live, [...(queues.get(live) ?? []), entry]);
      }
    } catch (error) {
      this.#ports.logger.warn({ error, tasks: asked.length }, 'Tasks could not be prepared; trying again');
      this.#trouble = true;
      for (const { live } of asked) this.#reload(live);
    }
    return true;
  }

  // Actions

  #actionEnded(live: LiveExecution, call: ActionCall, command: CommandOf<'action'>, outcome: ActionOutcome): void {
    if (outcome.status === 'ownership_lost') return this.#reload(live);
    if (outcome.status === 'deferred') return this.#actionDeferred(live, command, outcome.taskId);
    live.actionEnded(command, outcome);
    // Nobody is asked about it any more.
    if (call.isCanceled) this.#notices.add({ tenant: live.tenant, topic: 'task', id: live.executionId });
    this.#announce(signalledBy(command.name, outcome));
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
    this.#again([live]);
  }

  #again(keys: readonly ExecutionKey[]): void {
    this.wake(keys);
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

function takeItem(live: LiveExecution) {
  const { executionId, partitionId, head: headSeq } = live;
  return { executionId, partitionId, headSeq, atMs: live.stamp() };
}
