import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { count, flag, oneOf, parseOptions, positive, seed, text, UsageError } from './commandOptions';

const options = { runs: count(20), seed, shape: oneOf(['a', 'b']), minutes: positive(null), calm: flag, into: text };
const read = (...args: string[]) => parseOptions(args, options).values;

describe('options of commands', () => {
  it('are what was given, and what is usual else', () => {
    expect(read()).toEqual({ runs: 20, minutes: null, calm: false });
    const given = ['--runs', '5', '--seed=7', '--shape', 'b', '--minutes', '0.5', '--calm', '--into', 'x'];
    expect(read(...given)).toEqual({ runs: 5, seed: '7', shape: 'b', minutes: 0.5, calm: true, into: 'x' });
  });

  it('take words between them only where some are asked for', () => {
    expect(parseOptions(['W1', '--calm'], options, { words: true }).words).toEqual(['W1']);
    expect(() => read('W1')).toThrow(UsageError);
  });

  it.each([
    [['--minutes', '0'], '--minutes takes a number above 0, not "0".'],
    [['--minutes', 'abc'], '--minutes takes a number above 0, not "abc".'],
    [['--minutes=-1'], '--minutes takes a number above 0, not "-1".'],
    [['--minutes', 'Infinity'], '--minutes takes a number above 0, not "Infinity".'],
    [['--runs', '1.5'], '--runs takes a whole number from 1, not "1.5".'],
    [['--runs', ''], '--runs takes a whole number from 1, not "".'],
    [['--seed', 'abc'], '--seed takes a whole number from 1, not "abc".'],
    [['--shape', 'c'], '--shape takes one of a, b, not "c".'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--runs'], "Option '--runs <value>' argument missing"],
    [['--calm=1'], "Option '--calm' does not take an argument"],
  ])('refuse %j in one sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(new UsageError(sentence));
  });
});

describe('a command with options that it does not take', { timeout: 300_000 }, () => {
  const run = (script: string, ...args: string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', script, ...args], (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });

  it.each([
    ['scripts/simulate.ts', ['--max-minutes', 'abc']],
    ['scripts/prove.ts', ['--budget-minutes', '0']],
    ['bench/run.ts', ['--nonsense']],
  ])('%s tells how it is used and ends with 2', async (script, args) => {
    const { code, stderr } = await run(script, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(args[0]);
    expect(stderr).toContain('Usage: npm run');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each(['races', 'random', 'sessions', 'chaos', '../bench/soak'])('%s reads them in the same way', (script) => {
    const source = readFileSync(path.resolve(import.meta.dirname, '..', `${script}.ts`), 'utf8');
    expect(source).toContain("= commandOptions('npm run ");
    expect(source).not.toMatch(/parseArgs|process\.argv/);
  });
});
