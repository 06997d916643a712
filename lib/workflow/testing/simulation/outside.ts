/** Everybody outside of the workers: who starts executions, sends to them, answers their tasks and decides about them. */
import { ExecutionEndedError } from '../../model/errors';
import type { WorkflowEvent } from '../../model/events';
import type { DecisionKind } from '../../model/history';
import type { JsonObject } from '../../model/json';
import { isEnded } from '../../model/status';
import { beginSignal, completeTask, insertDecision, lastRunOf } from '../memory/senders';
import { isOpen, type ExecutionTableRow, type MemoryTables } from '../memory/tables';
import type { Dice } from './dice';
import type { FaultDice } from './faults';
import { Forks, type ForkNote, type InsertFork } from './forks';
import type { SimulatedHints } from './hints';
import type { AnnouncedEvent, KeyedStart, Scenario } from './scenario';
import { drawDecisions } from './scenarios';
import type { SimulatedBus } from './simulatedBus';
import { Starters } from './starters';
import type { VirtualTime } from './virtualTime';

/** What was accepted: it must be found again. */
export interface Accepted {
  /** Ids of events, by the execution or the scenario that they were sent to. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  /** Ids of events of the bus, by the scenario whose execution asks for them. */
  readonly announced: ReadonlyMap<string, readonly string[]>;
  /** Decisions by the execution that they were sent to; their reason tells them apart. */
  readonly decisions: ReadonlyMap<string, readonly string[]>;
  readonly forks: ReadonlyMap<string, ForkNote>;
}

interface Parts {
  readonly dice: Dice;
  readonly time: VirtualTime;
  readonly tables: MemoryTables;
  readonly faults: FaultDice;
  readonly hints: SimulatedHints;
  readonly bus: SimulatedBus;
  readonly partitionCount: number;
  /** Who forks has dice of their own: a seed without forks stays as it is. */
  readonly forkDice: Dice;
  readonly insertFork: InsertFork;
  readonly carriedBy: (executionId: string) => number;
}

/** How long people take to see that an execution failed, and want it tried again. */
const retryMs = 1_500;

export class Outside {
  readonly #parts: Parts;
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #starters: Starters;
  readonly #forks: Forks;
  readonly #events = new Map<string, string[]>();
  readonly #announced = new Map<string, string[]>();
  readonly #decisions = new Map<string, string[]>();
  readonly #seenTasks = new Set<string>();
  readonly #seenExecutions = new Set<string>();
  readonly #seenFailures = new Set<string>();
  #lastEvent = 0;
  #lastDecision = 0;
  #unsent = 0;

  constructor(parts: Parts, scenarios: ReadonlyMap<string, Scenario>) {
    this.#parts = parts;
    this.#scenarios = scenarios;
    this.#starters = new Starters({
      ...parts,
      event: (scenarioId, name, payload) => this.#event(scenarioId, name, payload),
      arrive: (executionId, event) => this.#arrive(executionId, event),
    });
    this.#forks = new Forks(
      {
        ...parts,
        dice: parts.forkDice,
        insert: parts.insertFork,
        later: (delayMs, label, run) => this.#later(delayMs, label, run),
        tell: (executionId) => this.#tell(executionId),
        send: (executionId, name, payload) => this.#send(executionId, name, payload),
        announce: (scenarioId, event) => {
          this.#unsent += 1;
          this.#announce(scenarioId, event);
        },
        decide: (delayMs, executionId, kind) => this.#planDecision(delayMs, executionId, kind),
      },
      scenarios,
    );
  }

  get accepted(): Accepted {
    const [events, announced, decisions, forks] = [this.#events, this.#announced, this.#decisions, this.#forks.made];
    return { events, announced, decisions, forks };
  }

  /** What an execution is a part of. */
  scenarioOf(row: ExecutionTableRow): Scenario | undefined {
    return this.#scenarios.get(this.#forks.scenarioIdOf(row) ?? '');
  }

  get isSilent(): boolean {
    return this.#unsent === 0;
  }

  plan(forks: number): void {
    for (const [executionId, scenario] of this.#scenarios) {
      const { workflow, startAfterMs, events, announced = [], decisions = [], starts } = scenario;
      if (starts) for (const start of starts) this.#planStart(executionId, scenario, start);
      else
        this.#later(startAfterMs, `start ${executionId} ${workflow}`, () =>
          this.#starters.start(executionId, scenario),
        );
      for (const event of events) {
        const { afterMs, name, payload } = event;
        this.#later(startAfterMs + afterMs, `send ${name} to ${executionId}`, () =>
          this.#send(executionId, name, payload),
        );
      }
      for (const event of announced) {
        this.#unsent += 1;
        this.#outside(startAfterMs + event.afterMs, `announce ${event.name}`, () => this.#announce(executionId, event));
      }
      for (const { afterMs, kind } of decisions) this.#planDecision(startAfterMs + afterMs, executionId, kind);
    }
    this.#forks.plan(forks);
    this.#outside(0, 'people look', () => this.#people());
  }

  /** Sends an event to an execution that asks for it, in this very instant. */
  poke(executionId: string, name: string): void {
    this.#later(this.#parts.faults.dice.between(0, 12), `poke ${executionId}`, () => this.#send(executionId, name, {}));
  }

  #outside(delayMs: number, label: string, run: () => void): void {
    this.#parts.time.schedule({ delayMs, owner: null, label, run });
  }

  /** Something that must have happened before all can be at rest. */
  #later(delayMs: number, label: string, run: () => void): void {
    this.#unsent += 1;
    this.#outside(delayMs, label, () => {
      this.#unsent -= 1;
      run();
    });
  }

  #planStart(scenarioId: string, scenario: Scenario, start: KeyedStart): void {
    this.#unsent += 1;
    const label = `start ${scenario.workflow} with the key ${scenarioId}`;
    this.#outside(scenario.startAfterMs + start.afterMs, label, () => {
      void this.#starters
        .startByKey(scenarioId, scenario, start)
        .then((eventId) => this.#note(this.#events, scenarioId, eventId))
        .finally(() => (this.#unsent -= 1));
    });
  }

  // Events

  #event(executionId: string, name: string, payload: JsonObject): WorkflowEvent<JsonObject> {
    this.#lastEvent += 1;
    const event_id = `${executionId}-${this.#lastEvent}`;
    const timestamp = new Date(this.#parts.time.nowMs).toISOString();
    return { name, type: name, payload, user_id: 'mia', event_id, timestamp };
  }

  /** Sometimes the row's place in the order of arrival is long decided when its sender commits. */
  #send(executionId: string, name: string, payload: JsonObject): void {
    const { tables, faults } = this.#parts;
    if (!tables.executions.has(executionId)) return;
    const event = this.#event(executionId, name, payload);
    const receiverId = lastRunOf(tables, executionId);
    try {
      const commit = beginSignal(tables, receiverId, event);
      const sent = () => {
        commit();
        this.#note(this.#events, executionId, event.event_id);
        this.#tell(receiverId);
      };
      if (!faults.happens(faults.plan.lateCommit)) return sent();
      this.#later(faults.dice.between(1, 1_500), `commits ${name} to ${executionId}`, sent);
    } catch (error) {
      if (!(error instanceof ExecutionEndedError)) throw error;
    }
  }

  /** False when it has ended. */
  #arrive(executionId: string, event: WorkflowEvent): boolean {
    const { tables } = this.#parts;
    const receiverId = lastRunOf(tables, executionId);
    if (isEnded(tables.execution(receiverId).status)) return false;
    beginSignal(tables, receiverId, event)();
    this.#tell(receiverId);
    return true;
  }

  /** An event that is addressed to nobody. */
  #announce(executionId: string, { name, payload, isFor }: AnnouncedEvent): void {
    const event = this.#event(`${executionId}-bus`, name, payload);
    this.#parts.bus.send(event, () => {
      this.#unsent -= 1;
      if (isFor) this.#note(this.#announced, executionId, event.event_id);
    });
  }

  #note(accepted: Map<string, string[]>, executionId: string, id: string): void {
    accepted.set(executionId, [...(accepted.get(executionId) ?? []), id]);
  }

  #tell(executionId: string): void {
    const { partitionId } = this.#parts.tables.execution(executionId);
    this.#parts.hints.publish({ executionId, partitionId });
  }

  // Decisions

  #planDecision(delayMs: number, executionId: string, kind: DecisionKind): void {
    this.#later(delayMs, `${kind} for ${executionId}`, () => this.#decide(executionId, kind));
  }

  #decide(executionId: string, kind: DecisionKind): void {
    const { tables } = this.#parts;
    if (!tables.executions.has(executionId)) return;
    this.#lastDecision += 1;
    const reason = `decision ${this.#lastDecision}`;
    const receiverId = insertDecision(tables, executionId, kind, { by: 'mia', reason });
    if (receiverId === null) return;
    this.#note(this.#decisions, receiverId, reason);
    this.#tell(receiverId);
  }

  // People

  /**
   * They answer open tasks, each after a while and sometimes in the very moment in which its time runs out; send to
   * executions that others started; and want what failed tried again.
   */
  #people(): void {
    const { tables, dice } = this.#parts;
    for (const task of tables.tasks.values()) {
      const { taskId } = task;
      if (!isOpen(task) || this.#seenTasks.has(taskId)) continue;
      this.#seenTasks.add(taskId);
      const { expiresAtMs } = task.insert.row;
      const atLast = expiresAtMs !== null && dice.chance(0.5);
      const delayMs = atLast ? expiresAtMs - this.#parts.time.nowMs + dice.between(0, 30) : dice.between(0, 4_000);
      this.#outside(delayMs, `mia answers ${taskId}`, () => this.#answer(taskId));
    }
    for (const row of tables.executions.values()) {
      if (row.parentExecutionId !== null && row.continuedFrom === null) this.#meet(row);
      if (row.status === 'failed') this.#regret(row);
    }
    this.#outside(dice.between(100, 400), 'people look', () => this.#people());
  }

  #answer(taskId: string): void {
    const { dice, tables, time } = this.#parts;
    const outcome = dice.pick(['approve', 'reject']);
    if (!completeTask(tables, { taskId, outcome, by: 'mia' })) {
      // A retry opens it again: they look once more.
      this.#seenTasks.delete(taskId);
      return time.note('  too late');
    }
    this.#tell(tables.tasks.get(taskId)?.executionId ?? '');
  }

  /** A child: nobody outside knew of it before. */
  #meet({ executionId }: ExecutionTableRow): void {
    if (this.#seenExecutions.has(executionId)) return;
    this.#seenExecutions.add(executionId);
    const { dice } = this.#parts;
    this.#later(dice.between(0, 1_500), `send Go to ${executionId}`, () => this.#send(executionId, 'Go', {}));
    if (!dice.chance(0.1)) return;
    for (const { afterMs, kind } of drawDecisions(dice, 1_500)) this.#planDecision(afterMs, executionId, kind);
  }

  /** Children are what their parents are. */
  #isRetried(row: ExecutionTableRow): boolean {
    const scenario = this.scenarioOf(row);
    if (scenario || row.parentExecutionId === null) return scenario?.isRetried === true;
    return this.#isRetried(this.#parts.tables.execution(row.parentExecutionId));
  }

  #regret(row: ExecutionTableRow): void {
    const { executionId, headSeq } = row;
    const failure = `${executionId} ${headSeq}`;
    if (!this.#isRetried(row) || this.#seenFailures.has(failure)) return;
    this.#seenFailures.add(failure);
    this.#planDecision(this.#parts.dice.between(0, retryMs), executionId, 'execution_retried');
  }
}
