/**
 * Runs simulations of the engine and prints what came of them: `npm run simulate -- --seeds 1000 [--seed S] [--max-minutes M]`. A seed
 * that breaks a promise prints its trace; `--seed` runs that one again. `--mutants` shows that the oracle notices.
 */
import { noFaults } from '../lib/workflow/testing/simulation/faults';
import { catchMutant, mutants } from '../lib/workflow/testing/simulation/mutants';
import { simulate, type SimulationResult } from '../lib/workflow/testing/simulation/simulate';
import { commandOptions, count, flag, positive, seed } from './lib/commandOptions';
import { endWith, seedsOf } from './lib/proofReport';

const usage =
  'npm run simulate -- [--seeds 1000] [--seed 7] [--max-minutes 5] [--calm] [--trace] | --mutants [--seeds 1000] [--seed 7]';
const values = commandOptions(usage, {
  seeds: count(null),
  /** The first of the seeds; without --seeds it runs alone. */
  seed,
  /** The same programs on a machine where nothing fails. */
  calm: flag,
  /** Stops after so long, whatever is left. */
  'max-minutes': positive(Number.POSITIVE_INFINITY),
  trace: flag,
  /** Breaks the engine in known ways, one after the other, and looks for a seed that catches each. */
  mutants: flag,
});
const began = performance.now();

if (values.mutants) {
  const survivors: string[] = [];
  for (const mutant of mutants) {
    const caught = await catchMutant(mutant, values.seeds ?? 1_000, Number(values.seed ?? 1));
    if (caught.seed === null) survivors.push(mutant.name);
    console.log(
      `${mutant.name}\n  ${caught.seed === null ? 'NOT CAUGHT' : `caught by seed ${caught.seed}: ${caught.violation}`}`,
    );
  }
  endWith({ table: { runs: mutants.length, seconds: (performance.now() - began) / 1000 }, broken: survivors });
}

const seeds = seedsOf({ count: values.seeds, first: values.seed, otherwise: 1_000 });
const faults = values.calm ? { faults: noFaults } : {};
const results: SimulationResult[] = [];
const broken: SimulationResult[] = [];
const maxShown = 3;

const maxMs = values['max-minutes'] * 60_000;

for (const each of seeds) {
  if (performance.now() - began > maxMs) break;
  const result = await simulate({ seed: each, ...faults, keepTrace: values.trace });
  results.push({ ...result, trace: [] });
  if (values.trace) console.log(result.trace.join('\n'));
  if (result.violations.length === 0) continue;
  broken.push(result);
  if (broken.length > maxShown) continue;
  const traced = await simulate({ seed: each, ...faults, keepTrace: true });
  if (!values.trace) console.log(`\nTrace of seed ${each}:\n${traced.trace.join('\n')}`);
  console.log(`\nSeed ${each} breaks a promise:`);
  for (const violation of result.violations) console.log(`  ${violation}`);
  console.log(`Again: npm run simulate -- --seed ${each}${values.calm ? ' --calm' : ''}`);
}

const sum = (of: (result: SimulationResult) => number) => results.reduce((all, result) => all + of(result), 0);
endWith({
  table: {
    runs: results.length,
    executions: sum((result) => result.counts.executions),
    entries: sum((result) => result.counts.entries),
    steps: sum((result) => result.steps),
    crashes: sum((result) => result.counts.crashes),
    stalls: sum((result) => result.counts.stalls),
    takeovers: sum((result) => result.counts.takeovers),
    failedStatements: sum((result) => result.counts.failedStatements),
    lacking: sum((result) => result.counts.lacking),
    virtualHours: sum((result) => result.virtualMs) / 3_600_000,
    seconds: (performance.now() - began) / 1000,
  },
  broken: broken.map((result) => result.seed),
});
