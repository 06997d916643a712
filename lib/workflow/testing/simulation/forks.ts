/** An operator outside who forks executions at any entry of their logs, and treats forks as their sources were treated. */
import { BatonError } from '../../model/errors';
import type { OpenChildrenPolicy } from '../../model/forks';
import type { DecisionKind } from '../../model/history';
import type { JsonObject } from '../../model/json';
import { type insertFork } from '../memory/forks';
import type { ExecutionTableRow, MemoryTables } from '../memory/tables';
import type { Dice } from './dice';
import type { AnnouncedEvent, Scenario } from './scenario';
import { drawDecisions } from './scenarios';

/** A fork as it was made. */
export interface ForkNote {
  readonly sourceId: string;
  readonly atSeq: number;
  /** So many entries its log began with: those of the source, and the ends of children that it does without. */
  readonly copied: number;
  /** What came of the scenario's execution; null for forks of children. */
  readonly scenarioId: string | null;
  /** What making it changed of its source and of the source's tasks; null: nothing, as it should be. */
  readonly disturbed: string | null;
}

/** How a fork gets into the tables: mutants have ways of their own. */
export type InsertFork = typeof insertFork;

interface Parts {
  readonly dice: Dice;
  readonly tables: MemoryTables;
  readonly partitionCount: number;
  readonly insert: InsertFork;
  /** Entries behind the first that a run took over from the run before it: they are that one's. */
  readonly carriedBy: (executionId: string) => number;
  readonly later: (delayMs: number, label: string, run: () => void) => void;
  readonly tell: (executionId: string) => void;
  readonly send: (executionId: string, name: string, payload: JsonObject) => void;
  readonly announce: (scenarioId: string, event: AnnouncedEvent) => void;
  readonly decide: (delayMs: number, executionId: string, kind: DecisionKind) => void;
}

const holdKinds = ['execution_paused', 'execution_resumed'];

export class Forks {
  readonly #parts: Parts;
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #made = new Map<string, ForkNote>();

  constructor(parts: Parts, scenarios: ReadonlyMap<string, Scenario>) {
    this.#parts = parts;
    this.#scenarios = scenarios;
  }

  get made(): ReadonlyMap<string, ForkNote> {
    return this.#made;
  }

  plan(count: number): void {
    const { dice, later } = this.#parts;
    for (let i = 0; i < count; i += 1) later(dice.between(200, 9_000), 'somebody forks', () => this.#fork());
  }

  /** The scenario that an execution is a part of, as its first run, a later one, or a fork. */
  scenarioIdOf({ executionId, continuedFrom, workflowKey }: ExecutionTableRow): string | null {
    const known = this.#made.get(executionId);
    if (known) return known.scenarioId;
    if (this.#scenarios.has(executionId)) return executionId;
    if (continuedFrom !== null) return this.scenarioIdOf(this.#parts.tables.execution(continuedFrom));
    return workflowKey !== null && this.#scenarios.has(workflowKey) ? workflowKey : null;
  }

  #fork(): void {
    const { dice, tables, partitionCount, carriedBy, insert, tell, decide } = this.#parts;
    const [first, ...others] = tables.executions.values();
    if (!first) return;
    const source = dice.pick([first, ...others]);
    const { executionId: from, workflowName, headSeq } = source;
    const atSeq = dice.between(1 + carriedBy(from), headSeq);
    const executionId = `${from}-fork${this.#made.size + 1}`;
    const partitionId = dice.between(0, partitionCount - 1);
    const openChildren: OpenChildrenPolicy = dice.pick(['refuse', 'detach']);
    // Who announces counts who hears of it; a program reads the end of a child from its log, and it may have no such end.
    if (workflowName === 'payment') return;
    const policy = workflowName === 'program' ? 'refuse' : openChildren;
    const before = this.#pictureOf(source);
    try {
      insert(tables, { executionId, partitionId, from, atSeq, openChildren: policy });
    } catch (error) {
      if (error instanceof BatonError) return;
      throw error;
    }
    const copied = tables.execution(executionId).headSeq;
    const after = this.#pictureOf(source);
    const disturbed = before === after ? null : `${before} became ${after}`;
    const scenarioId = this.scenarioIdOf(source);
    this.#made.set(executionId, { sourceId: from, atSeq, copied, scenarioId, disturbed });
    tell(executionId);
    const hold = source.log.findLast(({ seq, kind }) => seq <= atSeq && holdKinds.includes(kind))?.kind;
    if (hold === 'execution_paused') decide(dice.between(0, 2_500), executionId, 'execution_resumed');
    if (scenarioId !== null) this.#treat(executionId, scenarioId);
  }

  #pictureOf({ executionId }: ExecutionTableRow): string {
    const { tables } = this.#parts;
    const { results, timers, waits, busEventIds, ...row } = tables.execution(executionId);
    const tasks = [...tables.tasks.values()].filter((task) => task.executionId === executionId);
    return JSON.stringify([row, [...results], [...timers], [...waits], [...busEventIds], tasks]);
  }

  /** A fork takes nothing of the inbox along: all that may come is sent to it again. */
  #treat(executionId: string, scenarioId: string): void {
    const { dice, later, send, announce, decide } = this.#parts;
    const { events = [], starts = [], announced = [] } = this.#scenarios.get(scenarioId) ?? {};
    const added = starts.map(({ payload }) => ({ name: 'Add', payload }));
    for (const { name, payload } of [...events, ...added]) {
      later(dice.between(0, 3_000), `send ${name} to ${executionId}`, () => send(executionId, name, payload));
    }
    for (const event of announced) {
      later(dice.between(1, 2_000), `announce for ${executionId}`, () => announce(scenarioId, event));
    }
    if (!dice.chance(0.15)) return;
    for (const { afterMs, kind } of drawDecisions(dice, 3_000)) decide(afterMs, executionId, kind);
  }
}
