/**
 * Runs simulations of the engine and prints what came of them: `npm run simulate -- --seeds 1000 [--seed S] [--max-minutes M]`. A seed
 * that breaks a promise prints its trace; `--seed` runs that one again. `--mutants` shows that the oracle notices.
 */
import { parseArgs } from 'node:util';
import { noFaults } from '../lib/workflow/testing/simulation/faults';
import { catchMutant, mutants } from '../lib/workflow/testing/simulation/mutants';
import { simulate, type SimulationResult } from '../lib/workflow/testing/simulation/simulate';
import { endWith, numberOption, seedsOf } from './lib/proofReport';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    /** The first of the seeds; without --seeds it runs alone. */
    seed: { type: 'string' },
    /** The same programs on a machine where nothing fails. */
    calm: { type: 'boolean', default: false },
    /** Stops after so long, whatever is left. */
    'max-minutes': { type: 'string' },
    trace: { type: 'boolean', default: false },
    /** Breaks the engine in known ways, one after the other, and looks for a seed that catches each. */
    mutants: { type: 'boolean', default: false },
  },
});

const seeds = seedsOf({ count: numberOption('seeds', values.seeds), first: values.seed, otherwise: 1_000 });

if (values.mutants) {
  let survivors = 0;
  for (const mutant of mutants) {
    const { seed, violation } = await catchMutant(mutant, seeds.length, Number(values.seed ?? 1));
    if (seed === null) survivors += 1;
    console.log(`${mutant.name}\n  ${seed === null ? 'NOT CAUGHT' : `caught by seed ${seed}: ${violation}`}`);
  }
  console.log(JSON.stringify({ mutants: mutants.length, survivors }));
  process.exit(survivors > 0 ? 1 : 0);
}

const faults = values.calm ? { faults: noFaults } : {};
const began = performance.now();
const results: SimulationResult[] = [];
const broken: SimulationResult[] = [];
const maxShown = 3;

const maxMs = Number(values['max-minutes'] ?? Number.POSITIVE_INFINITY) * 60_000;

for (const seed of seeds) {
  if (performance.now() - began > maxMs) break;
  const result = await simulate({ seed, ...faults, keepTrace: values.trace });
  results.push({ ...result, trace: [] });
  if (values.trace) console.log(result.trace.join('\n'));
  if (result.violations.length === 0) continue;
  broken.push(result);
  if (broken.length > maxShown) continue;
  const traced = await simulate({ seed, ...faults, keepTrace: true });
  if (!values.trace) console.log(`\nTrace of seed ${seed}:\n${traced.trace.join('\n')}`);
  console.log(`\nSeed ${seed} breaks a promise:`);
  for (const violation of result.violations) console.log(`  ${violation}`);
  console.log(`Again: npm run simulate -- --seed ${seed}${values.calm ? ' --calm' : ''}`);
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
