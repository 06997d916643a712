/** A program as something that happens in a simulation: what is sent to it, and what must come of it. */
import type { Dice } from '../simulation/dice';
import { isEnded } from '../../model/status';
import type { EndOfRun, Scenario, SentEvent } from '../simulation/scenario';
import { asData, demandOf, matchesOf, matchKey, runsOf, type Program } from './program';
import { referenceRun } from './referenceRun';

/** Enough events for every wait without a timeout; where all have one, events may be missing. */
export function eventsFor(program: Program, dice: Dice, withinMs: number): SentEvent[] {
  const events: SentEvent[] = [];
  for (const [name, { waits, needed }] of demandOf(program)) {
    const count = needed ? waits : dice.between(0, waits);
    for (let i = 1; i <= count; i += 1) {
      const afterMs = dice.chance(0.3) ? dice.between(0, 30) : dice.between(0, withinMs);
      events.push({ afterMs, name, payload: { n: `${name} ${i}` } });
    }
  }
  return events;
}

export function programScenario(program: Program, dice: Dice): Omit<Scenario, 'startAfterMs' | 'workflow'> {
  const tag = dice.between(1, 1_000_000_000);
  const announced = matchesOf(program).map((label) => {
    const payload = { n: `${label} paid`, key: matchKey(tag, label) };
    // Nobody misses it where the execution has ended before.
    return { afterMs: dice.between(1, 4_000), name: 'Paid', payload, isFor: false };
  });
  return {
    data: { program: asData(program), tag },
    announced,
    events: eventsFor(program, dice, 5_000),
    expected: { status: 'completed', result: () => null, judge: (ended) => judgeProgram(program, ended) },
  };
}

/** The engine and the reference must agree on the end and on what was written. */
export function judgeProgram(program: Program, ended: EndOfRun): string[] {
  const { status, result, error, history, booked, runs = [{ history }] } = ended;
  const why = error ? `: ${error.name}: ${error.message}` : '';
  if (!isEnded(status)) return [`is ${status} in the end${why}`];
  try {
    const programs = runsOf(program);
    const readings = runs.map((run, index) => referenceRun(programs[index] ?? [], run.history));
    const expected = readings.at(-1);
    if (!expected) return ['was never run'];
    if (status !== expected.status) return [`is ${status} in the end and not ${expected.status}${why}`];
    if (status === 'failed' && error?.message !== expected.error) {
      return [`failed with "${error?.message}" and not with "${expected.error}"`];
    }
    const [wanted, actual] = [JSON.stringify(expected.result), JSON.stringify(result)];
    const found = wanted === actual ? [] : [`ended with ${actual}, where its log allows ${wanted} only`];
    for (const what of readings.flatMap((reading) => reading.booked)) {
      const times = booked.filter((each) => each === what).length;
      if (times !== 1) found.push(`wrote ${what} ${times} times`);
    }
    return found;
  } catch (thrown) {
    return [`cannot have ended so: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
  }
}
