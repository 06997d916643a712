/**
 * Attacks the engine with all there is, for as long as it takes, and writes what came of it into docs/proof.md:
 * `npm run prove [-- --budget-minutes 20]`. Without a budget: 100,000 seeds or as many as fit an hour, 1,000 programs
 * and 50 on real processes, 2,000 interleavings of sessions, 500 races of each shape, five minutes of chaos. A smaller budget takes its share of each.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { commandOptions, count } from './lib/commandOptions';
import { endWith } from './lib/proofReport';

const projectRoot = path.resolve(import.meta.dirname, '..');
const page = path.join(projectRoot, 'docs/proof.md');
const marks = ['<!-- prove:begin -->', '<!-- prove:end -->'] as const;
const fullMinutes = 100;

interface Attack {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}
interface Outcome {
  readonly name: string;
  readonly runs: number;
  readonly violations: number;
  readonly seconds: number;
  readonly more: string;
}

const values = commandOptions('npm run prove -- [--budget-minutes 20]', { 'budget-minutes': count(fullMinutes) });
const share = Math.min(1, values['budget-minutes'] / fullMinutes);
const shareOf = (all: number, least: number) => String(Math.max(least, Math.round(all * share)));

const processes = Math.max(1, Math.min(4, os.cpus().length));
const seedsEach = Math.ceil((100_000 * share) / processes);
const seeds: Attack[] = Array.from({ length: processes }, (_, index) => ({
  name: 'simulated seeds',
  script: 'simulate',
  args: [
    ...['--seeds', String(seedsEach), '--seed', String(index * seedsEach + 1)],
    ...['--max-minutes', String(60 * share)],
  ],
}));
const others: readonly Attack[] = [
  { name: 'mutants', script: 'simulate', args: ['--mutants', '--seeds', '2000'] },
  { name: 'random programs', script: 'random', args: ['--programs', shareOf(1_000, 10)] },
  { name: 'random programs on processes', script: 'random', args: ['--programs', shareOf(50, 5), '--real'] },
  { name: 'sessions on Postgres', script: 'sessions', args: ['--seeds', shareOf(2_000, 50)] },
  { name: 'races', script: 'races', args: ['--runs', shareOf(500, 10)] },
  { name: 'chaos', script: 'chaos', args: ['--minutes', String(5 * share), '--workers', '3', '--rate', '200'] },
];

const outcomes = [merge(await Promise.all(seeds.map(run)))];
for (const attack of others) outcomes.push(await run(attack));
write(outcomes);
const broken = outcomes.filter(({ violations }) => violations > 0);
endWith({
  table: {
    runs: outcomes.reduce((sum, { runs }) => sum + runs, 0),
    seconds: outcomes.reduce((sum, { seconds }) => sum + seconds, 0),
  },
  broken: broken.flatMap(({ name, violations }) => Array.from({ length: violations }, () => name)),
});

/** Its last line is JSON; a command that ends without one has failed. */
async function run({ name, script, args }: Attack): Promise<Outcome> {
  const began = performance.now();
  const output = await outputOf(['--import', 'tsx', `scripts/${script}.ts`, ...args]);
  const seconds = (performance.now() - began) / 1_000;
  const lines = output.text.trimEnd().split('\n');
  const counts = readCounts(lines.at(-1) ?? '');
  if (counts === null) return { name, runs: 0, violations: 1, seconds, more: `ended with ${output.code}` };
  const { runs = 0, violations = 0, seconds: _, ...rest } = counts;
  // Its table follows after an empty line, and says no more than its row.
  if (name === 'mutants')
    return { name, runs, violations, seconds, more: lines.slice(0, lines.indexOf('')).join('\n') };
  const more = Object.entries(rest).map(([what, value]) => `${value.toLocaleString('en')} ${what}`);
  const recoveries = lines.filter((line) => line.includes('recovered after'));
  return { name, runs, violations, seconds, more: [more.join(', '), ...recoveries].join('\n') };
}

function outputOf(args: readonly string[]): Promise<{ readonly text: string; readonly code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      process.stdout.write(part);
    });
    child.once('close', (code) => resolve({ text, code }));
  });
}

function readCounts(line: string): Readonly<Record<string, number>> | null {
  try {
    return JSON.parse(line) as Record<string, number>;
  } catch {
    return null;
  }
}

function merge(parts: readonly Outcome[]): Outcome {
  const sum = (of: (outcome: Outcome) => number) => parts.reduce((all, part) => all + of(part), 0);
  return {
    name: parts[0]?.name ?? '',
    runs: sum(({ runs }) => runs),
    violations: sum(({ violations }) => violations),
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    more: `in ${parts.length} processes, each: ${parts[0]?.more ?? ''}`,
  };
}

function write(results: readonly Outcome[]): void {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(marks[0]);
  const after = rest?.split(marks[1])[1];
  if (before === undefined || after === undefined) throw new Error(`docs/proof.md lacks ${marks.join(' and ')}.`);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain') === '' ? '' : ' and changes that are not committed';
  const [cpu] = os.cpus();
  const machine = `${os.cpus().length} × ${cpu?.model.trim() || 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  const table = results.map(
    ({ name, runs, violations, seconds }) =>
      `| ${name} | ${runs.toLocaleString('en')} | ${name === 'mutants' ? `${violations} not caught` : violations} | ${Math.round(seconds)} |`,
  );
  const details = results.filter(({ more }) => more !== '').map(({ name, more }) => `${name}: ${more}`);
  const section = [
    marks[0],
    '',
    `Commit ${git('rev-parse', '--short', 'HEAD')}${changed}, ${new Date().toISOString().slice(0, 10)}; ${machine}.`,
    `${Math.round(share * 100)} % of a whole proof.`,
    '',
    '| attack | runs | violations | seconds |',
    '| --- | --- | --- | --- |',
    ...table,
    '',
    '```text',
    details.join('\n\n'),
    '```',
    '',
    marks[1],
  ];
  writeFileSync(page, `${before}${section.join('\n')}${after}`);
}
