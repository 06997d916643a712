/** One random program on the simulation, in the weather of its seed and on a calm day. */
import { drawFaults, noFaults, type FaultPlan } from '../simulation/faults';
import { Dice } from '../simulation/dice';
import type { SentDecision } from '../simulation/scenario';
import { drawDecisions } from '../simulation/scenarios';
import { simulate } from '../simulation/simulate';
import { drawProgram } from './generateProgram';
import { isContested, type Program } from './program';
import { programScenario } from './programScenario';
import { shrinkProgram } from './shrinkProgram';

export interface ProgramRun {
  readonly seed: string;
  readonly program: Program;
  readonly violations: readonly string[];
  readonly entries: number;
}

export const programOf = (seed: string): Program => drawProgram(new Dice(`${seed}:random program`));

/** For real processes, where nobody sends events of the bus and runs are looked at one by one. */
export const programAloneOf = (seed: string): Program =>
  drawProgram(new Dice(`${seed}:random program`), { isAlone: true });

export async function simulateProgram(seed: string, program: Program = programOf(seed)): Promise<ProgramRun> {
  const isDecided = !isContested(program) && decisionsOf(seed).length === 0;
  // Senders that commit in another order than they wrote decide which event comes first: what such a day ends with is
  // judged by its log alone.
  const weather = drawFaults(seed);
  const stormy = await run(seed, program, isDecided ? { ...weather, lateCommit: 0 } : weather);
  const calm = await run(seed, program, noFaults);
  const violations = [...stormy.violations, ...calm.violations.map((what) => `on a calm day ${what}`)];
  // Where neither times nor people decide, faults must not change anything.
  if (isDecided && stormy.ends.join() !== calm.ends.join()) {
    violations.push(`ended with ${stormy.ends.join()}, and on a calm day with ${calm.ends.join()}`);
  }
  return { seed, program, violations, entries: stormy.counts.entries };
}

/** The smallest program found that fails with the same seed. */
export function shrinkFailure({ seed, program }: ProgramRun): Promise<Program> {
  return shrinkProgram(program, async (candidate) => (await simulateProgram(seed, candidate)).violations.length > 0);
}

/** Somebody decides about some of them. */
function decisionsOf(seed: string): readonly SentDecision[] {
  const dice = new Dice(`${seed}:decisions`);
  return dice.chance(0.25) ? drawDecisions(dice, 6_000) : [];
}

async function run(seed: string, program: Program, faults: FaultPlan) {
  // Drawn anew for each program, so that a smaller one gets what it needs.
  const scenario = {
    workflow: 'program' as const,
    startAfterMs: 0,
    ...programScenario(program, new Dice(`${seed}:events`)),
    decisions: decisionsOf(seed),
  };
  return simulate({ seed, scenarios: [scenario], faults });
}
