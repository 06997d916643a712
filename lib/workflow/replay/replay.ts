/**
 * Runs a workflow function against its whole log: no I/O, no clock, no randomness of its own. Cold starts, `verify`,
 * forks and what-if all use this one fold.
 */
import type { Command } from '../model/commands';
import { ForeignAwaitError } from '../model/errors';
import { continuesCode, type HistoryEntry } from '../model/history';
import type { ExecutionLimits } from '../model/limits';
import { cutsOf, isSuperseded, type Cut } from '../model/retries';
import type { CallUnderWay } from '../model/underWay';
import type { WorkflowDefinition } from '../model/workflow';
import { WorkflowInstance, type InstanceIdentity } from './instance';
import type { Drain, Sandbox, Turn } from './sandbox';

export interface ReplayOptions {
  readonly definition: WorkflowDefinition;
  readonly identity: InstanceIdentity;
  readonly history: readonly HistoryEntry[];
  /** Calls that were begun and whose outcomes the log does not hold; none unless given. */
  readonly underWay?: readonly CallUnderWay[];
  readonly sandbox: Sandbox;
  readonly drain: Drain;
  /** Called after each entry with what the code asked for in answer to it. */
  readonly observe?: (entry: HistoryEntry, instance: WorkflowInstance, commands: readonly Command[]) => void;
  /** For explaining a difference that a replay found: the next one says where the code makes it. */
  readonly isTraced?: boolean;
  /** Without it the code may do as much as it likes. */
  readonly limits?: ExecutionLimits;
}

export interface ReplayResult {
  readonly instance: WorkflowInstance;
  /** What the code asked for and the log does not hold yet. */
  readonly commands: readonly Command[];
}

/**
 * @throws NondeterminismError when the code does something else than the log says, or does not ask for what has begun.
 * @throws ForeignAwaitError when the code waits for something that the log cannot bring back.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { definition, identity, history, underWay = [], sandbox, drain, isTraced = false, limits } = options;
  const instance = new WorkflowInstance({
    definition,
    identity,
    sandbox,
    history,
    underWay,
    isTraced,
    ...(limits && { limits }),
  });
  const fold = new Fold(instance, options);
  // Turns that follow each other are drained together: a round of the event loop for each took as long as all the rest.
  for (let turns = fold.nextTurns(); turns.length > 0; turns = fold.nextTurns()) await drain(turns);
  return { instance, commands: instance.outstanding(fold.commands, underWay) };
}

/** So many turns hold up everything else of the process for a few milliseconds. */
const turnsPerDrain = 256;

/** Feeds the entries of a log: each that continues the code in a turn, with the records up to the next at its end. */
class Fold {
  readonly commands: Command[] = [];
  readonly #instance: WorkflowInstance;
  readonly #options: Pick<ReplayOptions, 'definition' | 'history' | 'observe'>;
  readonly #cuts: readonly Cut[];
  #planned = 0;
  #isBroken = false;

  constructor(instance: WorkflowInstance, options: Pick<ReplayOptions, 'definition' | 'history' | 'observe'>) {
    this.#instance = instance;
    this.#options = options;
    this.#cuts = cutsOf(options.history);
  }

  /** The turns of the next entries; none at the end of the log. */
  nextTurns(): Turn[] {
    const { history } = this.#options;
    if (this.#planned === 0) this.#planned = this.#settleRecords(0);
    const turns: Turn[] = [];
    while (this.#planned < history.length && turns.length < turnsPerDrain) {
      turns.push(new ReplayTurn(this, this.#planned));
      this.#planned = this.#nextContinuing(this.#planned + 1);
    }
    return turns;
  }

  /** False for an entry that a retry undid. */
  begin(index: number): boolean {
    if (this.#isBroken) return false;
    this.#isBroken = true;
    const fits = this.#settle(index);
    this.#isBroken = false;
    return fits;
  }

  end(index: number, fits: boolean): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    if (fits) {
      const begun = this.commands.length;
      this.commands.push(...this.#instance.collect());
      assertKnownWait(this.#instance, this.#options.definition);
      this.#observe(index, begun);
    }
    this.#settleRecords(index + 1);
    this.#isBroken = false;
  }

  /** Settles the entries from here to the next that continues the code. Answers with its index. */
  #settleRecords(from: number): number {
    const end = this.#nextContinuing(from);
    for (let index = from; index < end; index += 1) {
      if (this.#settle(index)) this.#observe(index, this.commands.length);
    }
    return end;
  }

  #nextContinuing(from: number): number {
    const { history } = this.#options;
    let index = from;
    for (let entry = history[index]; entry && !continuesCode(entry.kind); entry = history[index]) index += 1;
    return index;
  }

  #settle(index: number): boolean {
    const { history } = this.#options;
    const entry = history[index];
    if (!entry) return false;
    const cut = this.#cuts.length === 0 ? undefined : this.#cuts.find(({ from, to }) => from <= index && index < to);
    if (cut?.from === index) this.#instance.retryFrom(history.slice(cut.from, cut.to));
    if (cut) return !isSuperseded(history, index, cut) && this.#instance.settleIfItFits(entry);
    this.#instance.settle(entry);
    return true;
  }

  #observe(index: number, begun: number): void {
    const { observe, history } = this.#options;
    const entry = history[index];
    if (observe && entry) observe(entry, this.#instance, this.commands.slice(begun));
  }
}

class ReplayTurn implements Turn {
  #fits = false;

  constructor(
    private readonly fold: Fold,
    private readonly index: number,
  ) {}

  begin(): void {
    this.#fits = this.fold.begin(this.index);
  }

  end(): void {
    this.fold.end(this.index, this.#fits);
  }
}

/** Says loudly when the code is blocked on something that no entry will ever settle. */
export function assertKnownWait(instance: WorkflowInstance, definition: Pick<WorkflowDefinition, 'name'>): void {
  if (!instance.isBlockedOnNothing) return;
  throw new ForeignAwaitError(
    `Workflow ${definition.name} waits for something that the engine does not know. ` +
      `Only actions, events.waitFor, context.sleep and tasks may be awaited; move other calls into an action.`,
  );
}
