/**
 * Workers and senders on a real Postgres, in interleavings of their statements that a seed draws:
 * `npm run sessions -- --seeds 1000 [--seed S]`.
 */
import { brokenSeeds, prepareSessions } from '../lib/workflow/testing/sessions/runSessions';
import { statements } from '../lib/workflow/testing/sessions/statements/statements';
import { commandOptions, count, seed } from './lib/commandOptions';
import { endWith, seedsOf } from './lib/proofReport';
import { withDatabase } from './lib/proofServers';

const values = commandOptions('npm run sessions -- [--seeds 100] [--seed 1]', { seeds: count(null), seed });
const seeds = seedsOf({ count: values.seeds, first: values.seed, otherwise: 100 });

const began = performance.now();
const broken = await withDatabase(async ({ databaseUrl: url }) => {
  await prepareSessions(url);
  const found: string[] = [];
  for await (const { seed: brokenSeed, violations } of brokenSeeds({ seeds, url, statements })) {
    found.push(brokenSeed);
    console.log(`seed ${brokenSeed}: ${violations.join('\n  ')}\nAgain: npm run sessions -- --seed ${brokenSeed}`);
  }
  return found;
});
endWith({ table: { runs: seeds.length, seconds: (performance.now() - began) / 1000 }, broken });
