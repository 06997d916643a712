/** One worker process: the product's worker over simulated ports. It can die, stall, and have a wrong clock. */
import { createActionRunner } from '../../core/actions/actionRunner';
import { processSandbox } from '../../core/sandbox';
import { TurnSeries } from '../../core/turnSeries';
import type { Worker, WorkerParts, WorkerSettings } from '../../core/worker/worker';
import type { Scheduler } from '../../model/ports/scheduler';
import type { ExecutionStore } from '../../model/ports/store';
import type { Logger } from '../../model/ports/telemetry';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createMemoryActionResults, type Effect } from '../memory/actionResults';
import { createMemoryBus } from '../memory/busStore';
import { createMemoryStore } from '../memory/executionStore';
import { createMemoryMembership } from '../memory/membership';
import type { MemoryTables, Transport } from '../memory/tables';
import type { FaultDice } from './faults';
import type { SimulatedHints } from './hints';
import { networkOf } from './network';
import type { ProcessCode } from './processCode';
import { registerSimulatedActions, type ExternalCall } from './simulatedActions';
import type { WrapPorts } from './lockMutants';
import { prepareTask } from './simulatedTasks';
import type { Step, StepOwner, VirtualTime } from './virtualTime';

/** What all processes of a simulation share. */
export interface World {
  readonly time: VirtualTime;
  readonly tables: MemoryTables;
  readonly faults: FaultDice;
  readonly hints: SimulatedHints;
  readonly settings: WorkerSettings;
  readonly WorkerClass: new (parts: WorkerParts) => Worker;
  /** Changes what a worker knows as its store: for mutants. */
  readonly wrapStore: (store: ExecutionStore, tables: MemoryTables, network: Transport) => ExecutionStore;
  readonly wrapPorts: WrapPorts;
  readonly onEffect: (effect: Effect) => void;
  readonly onExternalCall: (call: ExternalCall) => void;
  readonly poke: (executionId: string, name: string) => void;
  readonly partitionCount: number;
  readonly nextTaskId: () => string;
  /** Which code a process that begins now has. */
  readonly drawCode: () => ProcessCode;
}

export class SimulatedProcess implements StepOwner {
  readonly worker: Worker;
  /** Its code is from before the deploy. */
  readonly isFormer: boolean;
  isAlive = true;
  stalledUntilMs = 0;
  #clockAheadMs: number;
  readonly #clockRate: number;

  constructor(
    private readonly world: World,
    readonly name: string,
    options: { readonly replaces: string | null; readonly onEnd: (process: SimulatedProcess, why: string) => void },
  ) {
    const { codeVersion, isFormer, definition, definitions } = world.drawCode();
    this.isFormer = isFormer;
    const { time, tables, faults, hints } = world;
    const { dice } = faults;
    this.#clockAheadMs = dice.between(0, 1_000_000);
    this.#clockRate = 1 + (dice.random() - 0.5) / 50;
    const network = networkOf({ time, faults, owner: this });
    const scheduler = this.#scheduler();
    const logger = this.#logger();
    const metrics = silentMetrics;
    const wait = (ms: number) => new Promise<void>((run) => scheduler.setTimer({ delayMs: ms, run }));
    const registry = registerSimulatedActions({
      takeTime: () => wait(dice.chance(0.1) ? dice.between(0, 5_000) : dice.between(0, 120)),
      isLong: () => dice.chance(0.1),
      onExternalCall: world.onExternalCall,
      failsNow: () => dice.chance(0.3),
      poke: world.poke,
      wait,
      kill: () => options.onEnd(this, 'was killed by an action'),
    });
    const { store, results, membership } = world.wrapPorts(
      {
        store: world.wrapStore(createMemoryStore({ tables, transport: network }), tables, network),
        results: createMemoryActionResults({ tables, workerId: name, onEffect: world.onEffect, transport: network }),
        membership: createMemoryMembership({ tables, transport: network }),
      },
      network,
    );
    this.worker = new world.WorkerClass({
      identity: { workerId: name, host: 'simulation', pid: 1, codeVersion, definitions },
      replaces: options.replaces,
      membership,
      store,
      bus: createMemoryBus({ tables, transport: network }),
      hints: hints.sourceFor(this),
      publisher: {
        publish: async (request) => request.hints.forEach((hint) => hints.publish(hint)),
        close: async () => undefined,
      },
      partitionCount: world.partitionCount,
      definition,
      actions: createActionRunner({
        registry,
        results,
        logger,
        metrics,
        clock: { now: () => time.nowMs, random: () => dice.random(), pause: wait },
      }),
      tasks: {
        prepare: (requests) =>
          network('prepareTasks', () => requests.map((request) => prepareTask(request, world.nextTaskId()))),
      },
      live: { publish: async () => undefined, close: async () => undefined },
      sandbox: processSandbox(),
      // Each turn is a step: all continuations of the step before it have run by then.
      drain: (turns) => {
        const series = new TurnSeries(turns);
        const next = () => void (series.next() || scheduler.setTimer({ delayMs: 0, run: next }));
        scheduler.setTimer({ delayMs: 0, run: next });
        return series.settled;
      },
      scheduler,
      logger,
      metrics,
      monotonicMs: () => time.nowMs * this.#clockRate + this.#clockAheadMs,
      settings: world.settings,
      // A lock proves nothing: sometimes it is taken, sometimes two have it.
      locks: {
        withLock: async (_, work) =>
          faults.happens(faults.plan.busyLocks)
            ? { status: 'busy' }
            : { status: 'done', result: await work({ isHeld: () => true }) },
        close: async () => undefined,
      },
      wakes: {
        scheduleWake: async ({ at, ...hint }) => hints.publish(hint, at.getTime() - time.nowMs),
        close: async () => undefined,
      },
      onFenced: () => options.onEnd(this, 'found itself fenced'),
    });
    this.worker.start().catch((error: unknown) => options.onEnd(this, `could not start: ${String(error)}`));
  }

  /** From now on nothing of this process runs; what it sent is on its way all the same. */
  die(): void {
    this.isAlive = false;
  }

  stall(forMs: number): void {
    this.stalledUntilMs = this.world.time.nowMs + forMs;
  }

  jumpClock(byMs: number): void {
    this.#clockAheadMs += byMs;
  }

  #scheduler(): Scheduler {
    const { time } = this.world;
    return {
      setTimer: ({ delayMs, run }) => time.schedule({ delayMs, owner: this, label: 'goes on', run }),
      clearTimer: (handle) => {
        if (handle) (handle as Step).isCanceled = true;
      },
    };
  }

  #logger(): Logger {
    const { time } = this.world;
    const note = (fields: Readonly<Record<string, unknown>>, message: string) => {
      const { error, executionId } = fields;
      const what = error instanceof Error ? `: ${error.name}: ${error.message}` : '';
      time.note(`${this.name} says "${message}"${typeof executionId === 'string' ? ` of ${executionId}` : ''}${what}`);
    };
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: note,
      error: note,
      child: () => logger,
    };
    return logger;
  }
}
