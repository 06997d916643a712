/** One simulation: a seed decides the workflows, what is sent to them, every delay and every fault. */
import { drainMacrotask } from '../../core/sandbox';
import { Worker, type WorkerParts, type WorkerSettings } from '../../core/worker/worker';
import { ExecutionEndedError } from '../../model/errors';
import type { ExecutionStore } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { uuidFrom } from '../../replay/random';
import type { Effect } from '../memory/actionResults';
import { beginSignal, completeTask, insertExecution } from '../memory/senders';
import { isOpen, MemoryTables, type Transport } from '../memory/tables';
import { takeEntries } from '../memory/takeEntries';
import { Dice } from './dice';
import { drawFaults, FaultDice, type FaultPlan } from './faults';
import { SimulatedHints } from './hints';
import { violationsOf, type Observed } from './oracle';
import { drawScenarios, type AnnouncedEvent, type Scenario } from './scenarios';
import type { ExternalCall } from './simulatedActions';
import { SimulatedBus, type Submit } from './simulatedBus';
import { SimulatedProcess, type World } from './simulatedProcess';
import { VirtualTime } from './virtualTime';

/** A patch of the product that the oracle must notice. */
export interface Mutation {
  readonly WorkerClass?: new (parts: WorkerParts) => Worker;
  readonly submit?: Submit;
  readonly wrapStore?: (store: ExecutionStore, tables: MemoryTables, network: Transport) => ExecutionStore;
}

export interface SimulationResult {
  readonly seed: string;
  readonly violations: readonly string[];
  readonly traceHash: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly counts: {
    readonly executions: number;
    readonly entries: number;
    readonly crashes: number;
    readonly stalls: number;
    readonly takeovers: number;
    readonly failedStatements: number;
  };
  /** Status and result of each execution. */
  readonly ends: readonly string[];
  /** Empty unless it was asked for. */
  readonly trace: readonly string[];
}

const startMs = Date.UTC(2026, 0, 5, 9);
const partitionCount = 6;
/** How long after the last fault everything must have come to its end. */
const patienceMs = 60_000;
const aftermathMs = 400;
/** Ownership is looked at so often until it is at rest. */
const restMs = 1_500;

export async function simulate(options: {
  readonly seed: string;
  readonly faults?: FaultPlan;
  readonly mutation?: Mutation;
  readonly keepTrace?: boolean;
  /** Whether ownership is looked at in the end of every run, and not of some. */
  readonly alwaysRests?: boolean;
  /** What happens from outside; else the seed draws it. */
  readonly scenarios?: readonly Scenario[];
}): Promise<SimulationResult> {
  const simulation = new Simulation(options.seed, options.faults ?? drawFaults(options.seed), options);
  return simulation.run();
}

class Simulation {
  readonly #dice: Dice;
  readonly #time: VirtualTime;
  readonly #faults: FaultDice;
  readonly #tables: MemoryTables;
  readonly #hints: SimulatedHints;
  readonly #world: World;
  readonly #bus: SimulatedBus;
  readonly #processes = new Set<SimulatedProcess>();
  readonly #scenarios = new Map<string, Scenario>();
  readonly #effects: Effect[] = [];
  readonly #externalCalls: ExternalCall[] = [];
  readonly #writes: Observed['writes'][number][] = [];
  readonly #accepted = new Map<string, string[]>();
  readonly #seenTasks = new Set<string>();
  #lastProcess = 0;
  #lastTask = 0;
  #lastEvent = 0;
  #unsent = 0;
  #counts = { crashes: 0, stalls: 0 };

  constructor(
    private readonly seed: string,
    plan: FaultPlan,
    private readonly options: {
      readonly mutation?: Mutation;
      readonly keepTrace?: boolean;
      readonly alwaysRests?: boolean;
      readonly scenarios?: readonly Scenario[];
    },
  ) {
    this.#dice = new Dice(`${seed}:program`);
    this.#time = new VirtualTime({ startMs, drain: drainMacrotask, keepTrace: options.keepTrace ?? false });
    this.#faults = new FaultDice(seed, plan, () => this.#time.nowMs >= startMs + plan.endMs);
    this.#tables = new MemoryTables({
      nowMs: () => this.#time.nowMs,
      partitionCount,
      onWrite: (note) => {
        // A mutant may write in another's name: its own comes first.
        const [workerId = ''] = note.workerId.split(' ');
        this.#writes.push({ ...note, workerId, wasFenced: this.#tables.isFenced(workerId) });
        const { status, log } = this.#tables.execution(note.executionId);
        const kinds = log.slice(note.fromHead, note.toHead).map((entry) => entry.kind);
        const { statement, executionId, fromHead, toHead } = note;
        this.#time.note(`  ${workerId} ${statement} ${executionId} ${fromHead}-${toHead} ${status} ${kinds.join(' ')}`);
      },
    });
    this.#hints = new SimulatedHints(this.#time, this.#faults, this.#tables);
    const { submit } = options.mutation ?? {};
    this.#bus = new SimulatedBus({
      time: this.#time,
      tables: this.#tables,
      faults: this.#faults,
      onReached: (key) => this.#hints.publish(key),
      ...(submit ? { submit } : {}),
    });
    this.#world = {
      time: this.#time,
      tables: this.#tables,
      faults: this.#faults,
      hints: this.#hints,
      settings: settingsOf(this.#dice),
      WorkerClass: options.mutation?.WorkerClass ?? Worker,
      wrapStore: options.mutation?.wrapStore ?? ((store) => store),
      onEffect: (effect) => this.#effects.push(effect),
      onExternalCall: (call) => {
        this.#externalCalls.push(call);
        this.#time.note(`  calls out ${call.executionId} ${call.commandId}`);
      },
      poke: (executionId, name) => {
        this.#unsent += 1;
        const send = () => this.#send(executionId, name, {});
        this.#outside(this.#faults.dice.between(0, 12), `poke ${executionId}`, send);
      },
      nextTaskId: () => {
        this.#lastTask += 1;
        return `task-${this.#lastTask}`;
      },
    };
  }

  async run(): Promise<SimulationResult> {
    this.#plan();
    const workers = this.#dice.between(2, 3);
    for (let i = 0; i < workers; i += 1) this.#startProcess(this.#dice.between(0, 200), null);
    const { plan } = this.#faults;
    await this.#time.run({
      untilMs: startMs + Math.max(plan.endMs, 10_000) + patienceMs,
      isDone: () => this.#isDone(),
      afterStep: () => this.#misfortune(),
    });
    // What still acts behind the end of its execution shall be seen.
    await this.#time.run({ untilMs: this.#time.nowMs + aftermathMs, isDone: () => false, afterStep: () => undefined });
    const rests = this.#dice.chance(0.3) || this.options.alwaysRests === true;
    const ownership = rests ? await this.#ownershipAtRest() : [];
    const violations = await violationsOf(
      {
        tables: this.#tables,
        scenarios: this.#scenarios,
        effects: this.#effects,
        externalCalls: this.#externalCalls,
        writes: this.#writes,
        accepted: this.#accepted,
      },
      drainMacrotask,
    );
    const { traceHash, steps, trace } = this.#time;
    const fenced = [...this.#tables.workers.values()].filter((worker) => worker.fencedAtMs !== null);
    return {
      seed: this.seed,
      violations: [...violations, ...this.#hints.violations, ...ownership],
      traceHash,
      steps,
      virtualMs: this.#time.nowMs - startMs,
      counts: {
        executions: this.#scenarios.size,
        entries: [...this.#tables.executions.values()].reduce((sum, row) => sum + row.headSeq, 0),
        ...this.#counts,
        takeovers: fenced.length,
        failedStatements: this.#faults.failedStatements,
      },
      ends: [...this.#tables.executions.values()].map(({ status, result }) => `${status} ${JSON.stringify(result)}`),
      trace,
    };
  }

  // What comes from outside

  #plan(): void {
    const scenarios = this.options.scenarios ?? drawScenarios(this.#dice, this.#dice.between(2, 5));
    for (const [index, scenario] of scenarios.entries()) {
      const executionId = `x${index + 1}`;
      this.#scenarios.set(executionId, scenario);
      this.#unsent += 1 + scenario.events.length + (scenario.announced?.length ?? 0);
      this.#outside(scenario.startAfterMs, `start ${executionId} ${scenario.workflow}`, () => this.#start(executionId));
      for (const event of scenario.events) {
        const afterMs = scenario.startAfterMs + event.afterMs;
        this.#outside(afterMs, `send ${event.name} to ${executionId}`, () =>
          this.#send(executionId, event.name, event.payload),
        );
      }
      for (const event of scenario.announced ?? []) {
        const afterMs = scenario.startAfterMs + event.afterMs;
        this.#outside(afterMs, `announce ${event.name}`, () => this.#announce(executionId, event));
      }
    }
    this.#outside(0, 'people look', () => this.#people());
  }

  #outside(delayMs: number, label: string, run: () => void): void {
    this.#time.schedule({ delayMs, owner: null, label, run });
  }

  #start(executionId: string): void {
    this.#unsent -= 1;
    const scenario = this.#scenarios.get(executionId);
    if (!scenario) return;
    const partitionId = this.#dice.between(0, partitionCount - 1);
    insertExecution(this.#tables, {
      executionId,
      partitionId,
      tenant: 'acme',
      started: {
        workflow: scenario.workflow,
        version: '1',
        trigger: {
          name: 'workflow.started',
          type: 'workflow.started',
          payload: {},
          user_id: null,
          event_id: executionId,
          timestamp: new Date(this.#time.nowMs).toISOString(),
        },
        initialData: scenario.data,
        seed: uuidFrom(this.#dice.random),
        logicalExecutionId: executionId,
        startedBy: null,
      },
    });
    this.#hints.publish({ executionId, partitionId });
  }

  /** Sometimes the row's place in the order of arrival is long decided when its sender commits. */
  #send(executionId: string, name: string, payload: Scenario['events'][number]['payload']): void {
    this.#lastEvent += 1;
    const eventId = `${executionId}-${this.#lastEvent}`;
    const timestamp = new Date(this.#time.nowMs).toISOString();
    const event = { name, type: name, payload, user_id: 'mia', event_id: eventId, timestamp };
    try {
      const commit = beginSignal(this.#tables, executionId, event);
      const isLate = this.#faults.happens(this.#faults.plan.lateCommit);
      if (!isLate) return this.#sent(executionId, eventId, commit);
      const delayMs = this.#faults.dice.between(1, 1_500);
      this.#outside(delayMs, `commits ${name} to ${executionId}`, () => this.#sent(executionId, eventId, commit));
    } catch (error) {
      if (!(error instanceof ExecutionEndedError)) throw error;
      this.#unsent -= 1;
    }
  }

  /** An event that is addressed to nobody. */
  #announce(executionId: string, { name, payload, isFor }: AnnouncedEvent): void {
    this.#lastEvent += 1;
    const eventId = `${executionId}-bus-${this.#lastEvent}`;
    const timestamp = new Date(this.#time.nowMs).toISOString();
    const event = { name, type: name, payload, user_id: 'mia', event_id: eventId, timestamp };
    this.#bus.send(event, () => {
      this.#unsent -= 1;
      if (isFor) this.#accepted.set(executionId, [...(this.#accepted.get(executionId) ?? []), eventId]);
    });
  }

  #sent(executionId: string, eventId: string, commit: () => void): void {
    this.#unsent -= 1;
    commit();
    this.#accepted.set(executionId, [...(this.#accepted.get(executionId) ?? []), eventId]);
    const { partitionId } = this.#tables.execution(executionId);
    this.#hints.publish({ executionId, partitionId });
  }

  /** People answer open tasks, each after a while; sometimes in the very moment in which its time runs out. */
  #people(): void {
    for (const task of this.#tables.tasks.values()) {
      const { taskId } = task;
      if (!isOpen(task) || this.#seenTasks.has(taskId)) continue;
      this.#seenTasks.add(taskId);
      const { expiresAtMs } = task.insert.row;
      const atLast = expiresAtMs !== null && this.#dice.chance(0.5);
      const delayMs = atLast
        ? expiresAtMs - this.#time.nowMs + this.#dice.between(0, 30)
        : this.#dice.between(0, 4_000);
      this.#outside(delayMs, `mia answers ${taskId}`, () => this.#answer(taskId));
    }
    this.#outside(this.#dice.between(100, 400), 'people look', () => this.#people());
  }

  #answer(taskId: string): void {
    const outcome = this.#dice.pick(['approve', 'reject']);
    if (!completeTask(this.#tables, { taskId, outcome, by: 'mia' })) return this.#time.note('  too late');
    const { executionId = '' } = this.#tables.tasks.get(taskId) ?? {};
    const { partitionId } = this.#tables.execution(executionId);
    this.#hints.publish({ executionId, partitionId });
  }

  // Processes and what happens to them

  #startProcess(delayMs: number, replaces: string | null): void {
    this.#lastProcess += 1;
    const name = `w${this.#lastProcess}`;
    this.#outside(delayMs, `${name} begins${replaces === null ? '' : `, knowing that ${replaces} is dead`}`, () => {
      const process = new SimulatedProcess(this.#world, name, {
        replaces,
        onEnd: (ended, why) => this.#end(ended, why, false),
      });
      this.#processes.add(process);
    });
  }

  #end(process: SimulatedProcess, why: string, isKnown: boolean): void {
    if (!process.isAlive) return;
    process.die();
    this.#processes.delete(process);
    this.#time.note(`  ${process.name} ends: ${why}`);
    this.#startProcess(this.#faults.dice.between(20, 1_500), isKnown ? process.name : null);
  }

  #misfortune(): void {
    const { plan, dice } = this.#faults;
    const [first, ...others] = this.#processes;
    if (!first) return;
    if (this.#faults.happens(plan.crash)) {
      this.#counts.crashes += 1;
      this.#end(dice.pick([first, ...others]), 'killed', dice.chance(0.5));
    }
    const [alive, ...more] = this.#processes;
    if (!alive) return;
    const anyone = () => dice.pick([alive, ...more]);
    if (this.#faults.happens(plan.stall)) {
      this.#counts.stalls += 1;
      const { leaseMs } = this.#world.settings.membership;
      const forMs = dice.chance(0.5) ? dice.between(20, 800) : dice.between(leaseMs, 3 * leaseMs);
      const process = anyone();
      this.#time.note(`  ${process.name} stalls for ${forMs} ms`);
      process.stall(forMs);
    }
    if (this.#faults.happens(plan.clockJump)) anyone().jumpClock(dice.between(100, 10_000));
    if (this.#faults.happens(plan.lateTake)) this.#lateTake();
    if (this.#faults.happens(plan.hintFlush)) this.#hints.flush();
    if (this.#faults.happens(plan.gracefulStop)) this.#stopGracefully(anyone());
  }

  /** Who gave a partition up after a lost answer cannot know that its statement is carried out after all. */
  #lateTake(): void {
    const former = [...this.#tables.workers.values()].find((worker) => worker.fencedAtMs === null);
    const row = [...this.#tables.executions.values()].find(({ inbox }) =>
      inbox.some((each) => each.disposition === null),
    );
    if (!former || !row) return;
    const { executionId, partitionId, headSeq, log } = row;
    const atMs = Math.max(this.#time.nowMs, log.at(-1)?.atMs ?? 0);
    const items = [{ executionId, partitionId, headSeq, atMs }];
    this.#time.note(`  a late take of ${former.workerId}`);
    takeEntries(this.#tables, former.workerId, items);
  }

  #stopGracefully(process: SimulatedProcess): void {
    this.#time.note(`  ${process.name} is asked to stop`);
    const ended = () => this.#end(process, 'stopped', false);
    process.worker.stop().then(ended, ended);
  }

  /** Without faults workers come to serve what the database says they own, and somebody comes to serve everything. */
  async #ownershipAtRest(): Promise<string[]> {
    let misplaced: string[] = [];
    for (let restedMs = 0; restedMs < patienceMs; restedMs += restMs) {
      await this.#time.run({ untilMs: this.#time.nowMs + restMs, isDone: () => false, afterStep: () => undefined });
      misplaced = this.#misplaced();
      if (misplaced.length === 0) break;
    }
    return misplaced;
  }

  #misplaced(): string[] {
    const served = new Map<number, string[]>();
    for (const { name, worker } of this.#processes) {
      for (const partition of worker.state.partitions) served.set(partition, [...(served.get(partition) ?? []), name]);
    }
    return [...this.#tables.partitions].flatMap(([partition, owner]) => {
      const servants = served.get(partition) ?? [];
      if (owner !== null && servants.length === 1 && servants[0] === owner) return [];
      return [
        `partition ${partition} is owned by ${owner ?? 'nobody'} and served by ${servants.join(', ') || 'nobody'}`,
      ];
    });
  }

  #isDone(): boolean {
    const { nowMs } = this.#time;
    if (this.#unsent > 0 || nowMs < startMs + this.#faults.plan.endMs) return false;
    // A displaced owner shall still wake up and try to write.
    for (const process of this.#processes) if (process.stalledUntilMs + 200 > nowMs) return false;
    for (const [executionId, { expected }] of this.#scenarios) {
      const row = this.#tables.executions.get(executionId);
      if (row?.status !== expected.status && !(row && isEnded(row.status))) return false;
      if (isEnded(row.status) && row.inbox.some((each) => each.disposition === null)) return false;
    }
    return true;
  }
}

function settingsOf(dice: Dice): WorkerSettings {
  return {
    membership: { leaseMs: 3_000, heartbeatMs: 800, balanceMs: 700 },
    sweepMs: 1_000,
    sweepWithoutHintsMs: 400,
    drainMs: 1_500,
    limits: {
      takeBatch: dice.pick([1, 256]),
      flushBatch: dice.pick([1, 1_024]),
      liveExecutions: dice.pick([1, 100]),
      // Crashes come from outside here: nobody is to blame.
      maxStrikes: Number.MAX_SAFE_INTEGER,
    },
  };
}
