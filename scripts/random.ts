/**
 * Runs random workflows: `npm run random -- --programs 1000 [--seed S] [--real]`. On the simulation a program that
 * breaks a promise is made as small as it goes and printed; `--real` runs them on three worker processes that die and
 * stand still.
 */
import { parseArgs } from 'node:util';
import {
  programAloneOf,
  programOf,
  shrinkFailure,
  simulateProgram,
  type ProgramRun,
} from '../lib/workflow/testing/random/simulateProgram';
import { runProgramsOnProcesses } from '../lib/workflow/testing/random/runOnProcesses';
import { endWith, numberOption, seedsOf } from './lib/proofReport';
import { withSite } from './lib/proofServers';

const { values } = parseArgs({
  options: {
    programs: { type: 'string' },
    /** Runs this program alone, or the first of several. */
    seed: { type: 'string' },
    real: { type: 'boolean', default: false },
  },
});

const seeds = seedsOf({
  count: numberOption('programs', values.programs),
  first: values.seed,
  otherwise: values.real ? 10 : 100,
});
const began = performance.now();
if (values.real) await runReal();
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

async function runReal(): Promise<never> {
  const violations: string[] = [];
  const kills = await withSite({}, async (site) => {
    await runProgramsOnProcesses(site, seeds, (seed, found) => {
      violations.push(...found);
      console.log(`\nProgram ${seed} breaks a promise:\n  ${found.join('\n  ')}`);
      console.log(`${JSON.stringify(programAloneOf(seed))}\nAgain: npm run random -- --real --seed ${seed}`);
    });
    return site.cluster.kills;
  });
  const seconds = (performance.now() - began) / 1000;
  endWith({ table: { runs: seeds.length, kills, seconds }, broken: violations });
}
