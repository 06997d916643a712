/**
 * Runs random workflows: `npm run random -- --programs 1000 [--seed S] [--real]`. On the simulation a program that
 * breaks a promise is made as small as it goes and printed; `--real` runs them on three worker processes that die and
 * stand still.
 */
import {
  programAloneOf,
  programOf,
  shrinkFailure,
  simulateProgram,
  type ProgramRun,
} from '../lib/workflow/testing/random/simulateProgram';
import { runProgramsOnProcesses } from '../lib/workflow/testing/random/runOnProcesses';
import { commandOptions, count, flag, seed } from './lib/commandOptions';
import { endWith, seedsOf } from './lib/proofReport';
import { withSite } from './lib/proofServers';

const values = commandOptions('npm run random -- [--programs 100] [--seed 7] [--real]', {
  programs: count(null),
  /** Runs this program alone, or the first of several. */
  seed,
  real: flag,
});

const seeds = seedsOf({ count: values.programs, first: values.seed, otherwise: values.real ? 10 : 100 });
const began = performance.now();
if (values.real) await runReal();
const broken: ProgramRun[] = [];
let entries = 0;
let steps = 0;
for (const each of seeds) {
  const run = await simulateProgram(each);
  entries += run.entries;
  steps += JSON.stringify(programOf(each)).split('"do"').length - 1;
  if (run.violations.length === 0) continue;
  broken.push(run);
  if (broken.length > 3) continue;
  const smallest = await simulateProgram(each, await shrinkFailure(run));
  console.log(`\nProgram ${each} breaks a promise:`);
  for (const violation of run.violations) console.log(`  ${violation}`);
  console.log(`The smallest that does so with this seed:\n${JSON.stringify(smallest.program, null, 1)}`);
  for (const violation of smallest.violations) console.log(`  ${violation}`);
  console.log(`Again: npm run random -- --seed ${each}`);
}
endWith({
  table: { runs: seeds.length, steps, entries, seconds: (performance.now() - began) / 1000 },
  broken: broken.map((run) => run.seed),
});

async function runReal(): Promise<never> {
  const violations: string[] = [];
  const kills = await withSite({}, async (site) => {
    await runProgramsOnProcesses(site, seeds, (program, found) => {
      violations.push(...found);
      console.log(`\nProgram ${program} breaks a promise:\n  ${found.join('\n  ')}`);
      console.log(`${JSON.stringify(programAloneOf(program))}\nAgain: npm run random -- --real --seed ${program}`);
    });
    return site.cluster.kills;
  });
  const seconds = (performance.now() - began) / 1000;
  endWith({ table: { runs: seeds.length, kills, seconds }, broken: violations });
}
