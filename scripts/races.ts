/**
 * Races on three real worker processes that die and stand still: `npm run races -- --runs 500 [--shape wake-loop]
 * [--seed S]`. The seed decides what is sent when and who is hit; the machine decides the rest.
 */
import { runRaces, type RaceCounts } from '../lib/workflow/testing/races/runRaces';
import { shapes } from '../lib/workflow/testing/races/shapes';
import { commandOptions, count, oneOf, seed } from './lib/commandOptions';
import { endWith } from './lib/proofReport';
import { withSite } from './lib/proofServers';

const values = commandOptions('npm run races -- [--runs 20] [--shape wake-loop] [--seed 1]', {
  /** Of each shape. */
  runs: count(20),
  shape: oneOf(shapes.map(({ name }) => name)),
  seed,
});
const { runs } = values;
const firstSeed = values.seed ?? '1';
const chosen = shapes.filter(({ name }) => values.shape === undefined || name === values.shape);

const began = performance.now();
const results = await withSite({}, async (site) => {
  const done: RaceCounts[] = [];
  for (const shape of chosen) {
    const result = await runRaces(site, shape, runs, firstSeed);
    done.push(result);
    const seconds = (result.ms / 1000).toFixed(1);
    console.log(
      `${shape.name.padEnd(16)}${String(runs).padStart(6)} runs${String(result.kills).padStart(5)} kills` +
        `${seconds.padStart(8)} s${String(result.violations.length).padStart(4)} violations   ${shape.attack}`,
    );
    for (const violation of result.violations.slice(0, 10)) console.log(`  ${violation}`);
    if (result.violations.length > 0) {
      console.log(`Again: npm run races -- --shape ${shape.name} --runs ${runs} --seed ${firstSeed}`);
    }
  }
  return done;
});
endWith({
  table: {
    runs: results.reduce((sum, result) => sum + result.runs, 0),
    shapes: results.length,
    signals: results.reduce((sum, result) => sum + result.signals, 0),
    kills: results.reduce((sum, result) => sum + result.kills, 0),
    seconds: (performance.now() - began) / 1000,
  },
  broken: results.flatMap((result) => result.violations),
});
