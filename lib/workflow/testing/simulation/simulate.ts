/** One simulation: a seed decides the workflows, what is sent to them, every delay and every fault. */
import { drainMacrotask } from '../../core/sandbox';
import { Worker, type WorkerParts, type WorkerSettings } from '../../core/worker/worker';
import type { ExecutionStore } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import type { Effect } from '../memory/actionResults';
import { MemoryTables, type ExecutionTableRow, type Transport } from '../memory/tables';
import { takeEntries } from '../memory/takeEntries';
import { insertFork } from '../memory/forks';
import { Dice } from './dice';
import { drawFaults, FaultDice, type FaultPlan } from './faults';
import type { InsertFork } from './forks';
import { SimulatedHints } from './hints';
import { violationsOf, type Observed } from './oracle';
import type { WrapPorts } from './lockMutants';
import { Outside } from './outside';
import { DrawnCode } from './processCode';
import type { Scenario } from './scenario';
import { drawScenarios } from './scenarios';
import type { ExternalCall } from './simulatedActions';
import { SimulatedBus, type Submit } from './simulatedBus';
import { SimulatedProcess, type World } from './simulatedProcess';
import { VirtualTime } from './virtualTime';

/** A patch of the product that the oracle must notice. */
export interface Mutation {
  readonly WorkerClass?: new (parts: WorkerParts) => Worker;
  readonly submit?: Submit;
  readonly wrapPorts?: WrapPorts;
  readonly insertFork?: InsertFork;
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
    readonly forks: number;
    readonly entries: number;
    readonly crashes: number;
    readonly stalls: number;
    readonly takeovers: number;
    readonly failedStatements: number;
    /** How often a worker had no code for what it looked at. */
    readonly lacking: number;
  };
  /** Status and result of each execution. */
  readonly ends: readonly string[];
  /** Empty unless it was asked for. */
  readonly trace: readonly string[];
}

const startMs = Date.UTC(2026, 0, 5, 9);
const partitionCount = 6;
/** How long after the last fault everything must have come to its end. */
const patienceMs = 120_000;
const aftermathMs = 400;
/** Ownership is looked at so often until it is at rest, and must be so within this time. */
const restMs = 1_500;
const restPatienceMs = 60_000;

export async function simulate(options: {
  readonly seed: string;
  readonly faults?: FaultPlan;
  readonly mutation?: Mutation;
  readonly keepTrace?: boolean;
  /** Whether ownership is looked at in the end of every run, and not of some. */
  readonly alwaysRests?: boolean;
  /** What happens from outside; else the seed draws it. */
  readonly scenarios?: readonly Scenario[];
  /** Whether processes lack workflows as long as there are faults; else the seed draws it. */
  readonly hasMixedCode?: boolean;
  /** How often somebody forks; else the seed draws it with the scenarios. */
  readonly forks?: number;
  /** After how many strikes an execution is put aside; never, unless given: most crashes come from outside. */
  readonly maxStrikes?: number;
  /** How long after the last fault everything must have come to its end, unless the usual time. */
  readonly patienceMs?: number;
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
  readonly #outside: Outside;
  readonly #processes = new Set<SimulatedProcess>();
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #code: DrawnCode;
  readonly #effects: Effect[] = [];
  readonly #externalCalls: ExternalCall[] = [];
  readonly #writes: Observed['writes'][number][] = [];
  readonly #forkDice: Dice;
  #lastProcess = 0;
  #lastTask = 0;
  #counts = { crashes: 0, stalls: 0 };

  constructor(
    private readonly seed: string,
    plan: FaultPlan,
    private readonly options: {
      readonly mutation?: Mutation;
      readonly keepTrace?: boolean;
      readonly alwaysRests?: boolean;
      readonly scenarios?: readonly Scenario[];
      readonly hasMixedCode?: boolean;
      readonly forks?: number;
      readonly maxStrikes?: number;
      readonly patienceMs?: number;
    },
  ) {
    this.#dice = new Dice(`${seed}:program`);
    this.#time = new VirtualTime({ startMs, drain: drainMacrotask, keepTrace: options.keepTrace ?? false });
    const isOver = () => this.#time.nowMs >= startMs + plan.endMs;
    this.#faults = new FaultDice(seed, plan, isOver);
    this.#code = new DrawnCode(seed, { isOver, isMixed: plan.endMs > 0 ? options.hasMixedCode : false });
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
    const { submit, insertFork: forkAs = insertFork } = options.mutation ?? {};
    this.#forkDice = new Dice(`${seed}:forks`);
    const scenarios = options.scenarios ?? drawScenarios(this.#dice, this.#dice.between(2, 5));
    this.#scenarios = new Map(scenarios.map((scenario, index) => [`x${index + 1}`, scenario]));
    const bus = new SimulatedBus({
      time: this.#time,
      tables: this.#tables,
      faults: this.#faults,
      onReached: (key) => this.#hints.publish(key),
      ...(submit ? { submit } : {}),
    });
    this.#outside = new Outside(
      {
        dice: this.#dice,
        time: this.#time,
        tables: this.#tables,
        faults: this.#faults,
        hints: this.#hints,
        bus,
        partitionCount,
        forkDice: this.#forkDice,
        insertFork: forkAs,
        carriedBy: (executionId) => this.#carriedBy(executionId),
      },
      this.#scenarios,
    );
    this.#world = {
      time: this.#time,
      tables: this.#tables,
      faults: this.#faults,
      hints: this.#hints,
      settings: settingsOf(this.#dice, options.maxStrikes),
      WorkerClass: options.mutation?.WorkerClass ?? Worker,
      wrapStore: options.mutation?.wrapStore ?? ((store) => store),
      wrapPorts: options.mutation?.wrapPorts ?? ((ports) => ports),
      onEffect: (effect) => this.#effects.push(effect),
      onExternalCall: (call) => {
        this.#externalCalls.push(call);
        this.#time.note(`  calls out ${call.executionId} ${call.commandId}`);
      },
      poke: (executionId, name) => this.#outside.poke(executionId, name),
      partitionCount,
      nextTaskId: () => {
        this.#lastTask += 1;
        return `task-${this.#lastTask}`;
      },
      drawCode: () => this.#code.draw(),
    };
  }

  async run(): Promise<SimulationResult> {
    this.#outside.plan(this.#forkCount());
    const workers = this.#dice.between(2, 3);
    for (let i = 0; i < workers; i += 1) this.#startProcess(this.#dice.between(0, 200), null);
    const { plan } = this.#faults;
    // The deploy goes on: one that has all code comes, the others stay as they are.
    if (this.#code.isMixed) this.#startProcess(plan.endMs, null);
    if ([...this.#scenarios.values()].some(({ workflow }) => workflow === 'changed')) this.#replaceFormer(plan.endMs);
    await this.#time.run({
      untilMs: startMs + Math.max(plan.endMs, 10_000) + (this.options.patienceMs ?? patienceMs),
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
        accepted: this.#outside.accepted,
      },
      drainMacrotask,
    );
    const { traceHash, steps, trace } = this.#time;
    const fenced = [...this.#tables.workers.values()].filter((worker) => worker.fencedAtMs !== null);
    // Where nothing fails nobody is in anybody's way.
    const calm = plan.endMs > 0 ? [] : [...this.#faults.refused];
    if (plan.endMs === 0) for (const { workerId } of fenced) calm.push(`${workerId} was fenced on a calm day`);
    return {
      seed: this.seed,
      violations: [...violations, ...this.#hints.violations, ...ownership, ...calm],
      traceHash,
      steps,
      virtualMs: this.#time.nowMs - startMs,
      counts: {
        executions: this.#scenarios.size,
        forks: this.#outside.accepted.forks.size,
        entries: [...this.#tables.executions.values()].reduce((sum, row) => sum + row.headSeq, 0),
        ...this.#counts,
        takeovers: fenced.length,
        failedStatements: this.#faults.failedStatements,
        lacking: this.#code.lacking,
      },
      ends: [...this.#tables.executions.values()].map(({ status, result }) => `${status} ${JSON.stringify(result)}`),
      trace,
    };
  }

  #forkCount(): number {
    const { forks, scenarios } = this.options;
    return forks ?? (scenarios || !this.#forkDice.chance(0.25) ? 0 : this.#forkDice.between(1, 3));
  }

  /** A fork stands in the place of its source. */
  #carriedBy(executionId: string): number {
    const fork = this.#outside.accepted.forks.get(executionId);
    if (fork) return this.#carriedBy(fork.sourceId);
    const begun = this.#writes.find((each) => each.statement === 'continue' && each.executionId === executionId);
    return begun ? begun.toHead - begun.fromHead : 0;
  }

  // Processes and what happens to them

  #startProcess(delayMs: number, replaces: string | null): void {
    this.#lastProcess += 1;
    const name = `w${this.#lastProcess}`;
    const label = `${name} begins${replaces === null ? '' : `, knowing that ${replaces} is dead`}`;
    const run = () => {
      const process = new SimulatedProcess(this.#world, name, {
        replaces,
        onEnd: (ended, why) => this.#end(ended, why, false),
      });
      this.#processes.add(process);
    };
    this.#time.schedule({ delayMs, owner: null, label, run });
  }

  #end(process: SimulatedProcess, why: string, isKnown: boolean): void {
    if (!process.isAlive) return;
    process.die();
    this.#processes.delete(process);
    this.#time.note(`  ${process.name} ends: ${why}`);
    this.#startProcess(this.#faults.dice.between(20, 1_500), isKnown ? process.name : null);
  }

  /** The deploy of changed code comes to its end: what the new code wrote the former cannot go on with. */
  #replaceFormer(delayMs: number): void {
    const run = () => {
      for (const process of [...this.#processes]) if (process.isFormer) this.#end(process, 'has former code', false);
    };
    this.#time.schedule({ delayMs, owner: null, label: 'the deploy is over', run });
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
    const { forks } = this.#outside.accepted;
    // A statement for a fork can be under way only where somebody has read it, and written down what is open in it.
    const row = [...this.#tables.executions.values()].find(
      ({ executionId, inbox, headSeq }) =>
        inbox.some((each) => each.disposition === null) && forks.get(executionId)?.copied !== headSeq,
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
    for (let restedMs = 0; restedMs < restPatienceMs; restedMs += restMs) {
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
    if (!this.#outside.isSilent || nowMs < startMs + this.#faults.plan.endMs) return false;
    // A displaced owner shall still wake up and try to write.
    for (const process of this.#processes) if (process.stalledUntilMs + 200 > nowMs) return false;
    return (
      [...this.#tables.executions.values()].every((row) => this.#isAtRest(row)) && this.#tables.executions.size > 0
    );
  }

  #isAtRest(row: ExecutionTableRow): boolean {
    const { status, inbox } = row;
    const unread = inbox.filter((each) => each.disposition === null);
    const { expected, isRetried } = this.#outside.scenarioOf(row) ?? {};
    if (status === 'failed' && isRetried === true) return false;
    if (isEnded(status)) return unread.length === 0;
    // What is blocked learns that it is canceled when other code comes.
    return status === expected?.status && unread.every(({ kind }) => kind === 'cancel_requested');
  }
}

function settingsOf(dice: Dice, maxStrikes = Number.MAX_SAFE_INTEGER): WorkerSettings {
  return {
    membership: { leaseMs: 3_000, heartbeatMs: 800, balanceMs: 700 },
    sweepMs: 1_000,
    sweepWithoutHintsMs: 400,
    deferralPatienceMs: 5_000,
    drainMs: 1_500,
    limits: {
      takeBatch: dice.pick([1, 256]),
      flushBatch: dice.pick([1, 1_024]),
      liveExecutions: dice.pick([1, 100]),
      maxStrikes,
    },
  };
}
