// `npm test`: everything CI checks, on throw-away data and free ports. `npm test -- --only unit,integ lib/forms` runs
// parts of it, on files that match. The last line is always `N passed, N failed`.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './lib/packages.mjs';
import { formatDuration, step } from './lib/steps.mjs';
import { testParts } from './lib/testParts.mjs';
import { closingLines, noTotals, partLine, withPart } from './lib/testSummary.mjs';
import { makeThrowawayDirectory } from './lib/throwaway.mjs';
import { UserError } from './lib/userError.mjs';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));
const where = { isCi: process.env.CI === 'true' };
const workDir = makeThrowawayDirectory();
const cleanups = [];

async function main() {
  const { names, filters } = readArguments(process.argv.slice(2));
  await step('packages', () => ensurePackages({ projectRoot }));
  let totals = noTotals();
  for (const name of names) totals = withPart(totals, await runPart({ name, filters }), where);
  return totals;
}

function readArguments(argv) {
  const known = Object.keys(testParts);
  const at = argv.findIndex((argument) => argument === '--only' || argument.startsWith('--only='));
  if (at === -1) {
    if (argv.length > 0) throw new UserError('File filters go with --only, as in: npm test -- --only unit lib/forms');
    return { names: known, filters: [] };
  }
  const inline = argv[at].includes('=');
  const wanted = (inline ? argv[at].split('=')[1] : (argv[at + 1] ?? '')).split(',').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (wanted.length === 0 || unknown.length > 0) throw new UserError(`--only takes a list of: ${known.join(', ')}.`);
  const filters = argv.filter((_, index) => index !== at && (inline || index !== at + 1));
  return { names: known.filter((name) => wanted.includes(name)), filters };
}

async function runPart({ name, filters }) {
  const startedAt = performance.now();
  // Tests get their servers from here; those of the shell are somebody's data.
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const env = process.stdout.isTTY ? inherited : { ...inherited, NO_COLOR: '1' };
  const context = { projectRoot, workDir, env, filters, onCleanup: (cleanup) => cleanups.push(cleanup) };
  const result = await testParts[name](context).catch(asFailure);
  await cleanUp();
  if (result.failed > 0 && result.output !== undefined) console.log(result.output.trimEnd());
  console.log(partLine(name, formatDuration(performance.now() - startedAt), result, where));
  return result;
}

const asFailure = (error) => ({
  passed: 0,
  failed: 1,
  output: error instanceof UserError ? error.message : (error.stack ?? String(error)),
});

async function cleanUp() {
  while (cleanups.length > 0) await cleanups.pop()();
}

async function end(exitCode) {
  await cleanUp();
  fs.rmSync(workDir, { recursive: true, force: true });
  process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void end(130));

let totals = { ...noTotals(), failed: 1 };
try {
  totals = await main();
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
}
for (const line of closingLines(totals, where)) console.log(line);
await end(totals.failed === 0 ? 0 : 1);
