/** What goes wrong in a simulation. Drawn from the seed; everything ends after a while, so that all can come to rest. */
import { Dice } from './dice';

export interface FaultPlan {
  /** No new fault after this time, counted from the start. */
  readonly endMs: number;
  /** Of statements: refused, or carried out with the answer lost, now or late. */
  readonly statementRate: number;
  /** Statements that lose a deadlock or wait too long for a lock. */
  readonly conflictRate: number;
  /** Ways of a statement or its answer that take long. */
  readonly slow: number;
  readonly hints: { readonly lost: number; readonly doubled: number; readonly late: number; readonly absent: boolean };
  /** Per step of the simulation. */
  readonly crash: number;
  readonly stall: number;
  readonly clockJump: number;
  readonly gracefulStop: number;
  readonly hintFlush: number;
  /** Takes of a former owner, still on their way when it gave the partition up. */
  readonly lateTake: number;
  /** Of events whose row has its place in the order of arrival a while before its sender commits. */
  readonly lateCommit: number;
  /** Of attempts to take a lock. */
  readonly busyLocks: number;
}

export const noFaults: FaultPlan = {
  endMs: 0,
  statementRate: 0,
  conflictRate: 0,
  slow: 0,
  hints: { lost: 0, doubled: 0, late: 0, absent: false },
  crash: 0,
  stall: 0,
  clockJump: 0,
  gracefulStop: 0,
  hintFlush: 0,
  lateTake: 0,
  lateCommit: 0,
  busyLocks: 0,
};

/** Each seed has its own weather: some faults often, some never. */
export function drawFaults(seed: string): FaultPlan {
  const dice = new Dice(`${seed}:weather`);
  const rate = (...rates: [number, ...number[]]) => dice.pick(rates);
  return {
    endMs: dice.between(4_000, 12_000),
    statementRate: rate(0, 0, 0.02, 0.1, 0.25),
    conflictRate: rate(0, 0, 0.05, 0.2),
    slow: rate(0, 0.01, 0.05),
    hints: { lost: rate(0, 0.1, 0.5), doubled: rate(0, 0.3), late: rate(0, 0.2), absent: dice.chance(0.1) },
    crash: rate(0, 0.002, 0.006, 0.02),
    stall: rate(0, 0.002, 0.006, 0.02),
    clockJump: rate(0, 0.002),
    gracefulStop: rate(0, 0.001, 0.005),
    hintFlush: rate(0, 0.001),
    lateTake: rate(0, 0.01),
    lateCommit: rate(0, 0.2),
    busyLocks: rate(0, 0.5),
  };
}

export type StatementFate =
  /** Carried out and answered. */
  | 'answered'
  /** Not carried out, and the caller learns that something is wrong. */
  | 'refused'
  /** Carried out, but the caller sees an error. */
  | 'answer_lost'
  /** The caller sees an error first; the statement is carried out later all the same. */
  | 'late'
  /** Rolled back by the database for the sake of another. */
  | 'conflict';

/** So few of them are sent that they need more trouble than others to be seen in it. */
const rareStatements = ['acquire', 'release', 'findUnfinished', 'closeLate', 'fenceExpired'];

export class FaultDice {
  readonly #dice: Dice;
  failedStatements = 0;
  /** Statements that the database itself refused. */
  readonly refused: string[] = [];

  constructor(
    seed: string,
    readonly plan: FaultPlan,
    private readonly isOver: () => boolean,
  ) {
    this.#dice = new Dice(`${seed}:faults`);
  }

  fateOf(statement: string): StatementFate {
    const fate = this.isOver() ? 'answered' : this.#drawFate(statement);
    if (fate !== 'answered') this.failedStatements += 1;
    return fate;
  }

  #drawFate(statement: string): StatementFate {
    const { statementRate, conflictRate } = this.plan;
    const conflicts = ['take', 'flush', 'action.commit', 'action.statement'].includes(statement);
    if (conflicts && this.#dice.chance(conflictRate)) return 'conflict';
    // A handler that is cut short again and again is given up, as it should be: that is no fault of the engine.
    const rate =
      statement === 'action.statement'
        ? Math.min(statementRate, 0.02)
        : rareStatements.includes(statement)
          ? statementRate * 3
          : statementRate;
    if (this.#dice.chance(rate)) return this.#dice.pick(['refused', 'answer_lost', 'late']);
    return 'answered';
  }

  /** Delays of the copies of a hint that arrive; none when it is lost. */
  hintDelaysMs(): number[] {
    const { lost, doubled, late, absent } = this.plan.hints;
    if (absent) return [];
    const delayMs = () =>
      !this.isOver() && this.#dice.chance(late) ? this.#dice.between(100, 5_000) : this.latencyMs();
    if (this.isOver()) return [delayMs()];
    if (this.#dice.chance(lost)) return [];
    return this.#dice.chance(doubled) ? [delayMs(), delayMs()] : [delayMs()];
  }

  /** Mostly quick, sometimes slow: what was sent first need not arrive first. */
  latencyMs(): number {
    const isSlow = !this.isOver() && this.#dice.chance(this.plan.slow);
    return isSlow ? this.#dice.between(20, 1_500) : this.#dice.between(0, 8);
  }

  lateMs(): number {
    return this.#dice.between(10, 2_500);
  }

  /** Whether a fault of this rate happens at this step. */
  happens(rate: number): boolean {
    return rate > 0 && !this.isOver() && this.#dice.chance(rate);
  }

  get dice(): Dice {
    return this.#dice;
  }
}
