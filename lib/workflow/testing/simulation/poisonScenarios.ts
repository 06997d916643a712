/** Executions that end their worker each time, late in an action, among others whose actions take long as well. */
import { Dice } from './dice';
import { noFaults, type FaultPlan } from './faults';
import { completed, type Scenario } from './scenario';

/** Nothing else goes wrong: whoever is put aside ended its workers itself. */
export const poisonFaults: FaultPlan = { ...noFaults, endMs: 1_000 };

/** What such a run is made of, besides its scenarios. */
export const poisonWorld = { faults: poisonFaults, hasMixedCode: false, maxStrikes: 3, patienceMs: 600_000 } as const;

/** One kills, some while after it began; the actions of the others take about as long, shorter or longer. */
export function drawPoison(seed: string): Scenario[] {
  const dice = new Dice(`${seed}:poison`);
  const diesAfterMs = dice.between(1, 30) * 1_000;
  const poison: Scenario = {
    workflow: 'poison',
    startAfterMs: dice.between(0, 2_000),
    data: { afterMs: diesAfterMs },
    events: [],
    expected: { status: 'blocked_on_code', result: () => null },
  };
  const others = Array.from({ length: dice.between(1, 5) }, (): Scenario => {
    const afterMs = dice.chance(0.5) ? diesAfterMs + dice.between(1, 60_000) : dice.between(100, 40_000);
    return {
      workflow: 'patient',
      startAfterMs: dice.between(0, 2_000),
      data: { afterMs },
      events: [],
      expected: completed(() => afterMs),
    };
  });
  return [...others, poison];
}
