/**
 * Races on three real worker processes that die and stand still: `npm run races -- --runs 500 [--shape wake-loop]
 * [--seed S]`. The seed decides what is sent when and who is hit; the machine decides the rest.
 */
import { parseArgs } from 'node:util';
import { runRaces, type RaceCounts } from '../lib/workflow/testing/races/runRaces';
import { shapes } from '../lib/workflow/testing/races/shapes';
import { endWith, numberOption } from './lib/proofReport';
import { withSite } from './lib/proofServers';

const { values } = parseArgs({
  options: {
    /** Of each shape. */
    runs: { type: 'string', default: '20' },
    shape: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const runs = numberOption('runs', values.runs) ?? 20;
const chosen = shapes.filter(({ name }) => values.shape === undefined || name === values.shape);
if (chosen.length === 0) {
  process.stderr.write(`--shape takes one of ${shapes.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

const began = performance.now();
const results = await withSite({}, async (site) => {
  const done: RaceCounts[] = [];
  for (const shape of chosen) {
    const result = await runRaces(site, shape, runs, values.seed);
    done.push(result);
    const seconds = (result.ms / 1000).toFixed(1);
    console.log(
      `${shape.name.padEnd(16)}${String(runs).padStart(6)} runs${String(result.kills).padStart(5)} kills` +
        `${seconds.padStart(8)} s${String(result.violations.length).padStart(4)} violations   ${shape.attack}`,
    );
    for (const violation of result.violations.slice(0, 10)) console.log(`  ${violation}`);
    if (result.violations.length > 0) {
      console.log(`Again: npm run races -- --shape ${shape.name} --runs ${runs} --seed ${values.seed}`);
    }
  }
  return done;
});
endWith({
  table: {
    runs: results.reduce((sum, result) => sum + result.runs, 0),
    shapes: results.length,
    kills: results.reduce((sum, result) => sum + result.kills, 0),
    seconds: (performance.now() - began) / 1000,
  },
  broken: results.flatMap((result) => result.violations),
});
