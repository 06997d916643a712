/**
 * Runs random workflows on the simulation: `npm run random -- --programs 1000 [--seed S]`. A program that breaks a
 * promise is made as small as it goes and printed.
 */
import { parseArgs } from 'node:util';
import {
  programOf,
  shrinkFailure,
  simulateProgram,
  type ProgramRun,
} from '../lib/workflow/testing/random/simulateProgram';
import { endWith, numberOption, seedsOf } from './lib/proofReport';

const { values } = parseArgs({
  options: {
    programs: { type: 'string' },
    /** Runs this program alone, or the first of several. */
    seed: { type: 'string' },
  },
});

const seeds = seedsOf({ count: numberOption('programs', values.programs), first: values.seed, otherwise: 100 });
const began = performance.now();
const broken: ProgramRun[] = [];
let entries = 0;
let steps = 0;
for (const seed of seeds) {
  const run = await simulateProgram(seed);
  entries += run.entries;
  steps += JSON.stringify(programOf(seed)).split('"do"').length - 1;
  if (run.violations.length === 0) continue;
  broken.push(run);
  if (broken.length > 3) continue;
  const smallest = await simulateProgram(seed, await shrinkFailure(run));
  console.log(`\nProgram ${seed} breaks a promise:`);
  for (const violation of run.violations) console.log(`  ${violation}`);
  console.log(`The smallest that does so with this seed:\n${JSON.stringify(smallest.program, null, 1)}`);
  for (const violation of smallest.violations) console.log(`  ${violation}`);
  console.log(`Again: npm run random -- --seed ${seed}`);
}
endWith({
  table: { runs: seeds.length, steps, entries, seconds: (performance.now() - began) / 1000 },
  broken: broken.map((run) => run.seed),
});
