import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownRegressions } from './known';
import { testsIn } from './testTitles';

const root = path.resolve(import.meta.dirname, '../../../..');

describe('known regressions', () => {
  it.each(knownRegressions)('have tests that run: $name', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      const named = testsIn(file, readFileSync(path.join(root, file), 'utf8')).filter((test) => test.title === title);
      expect(named, `${file} has no test "${title}", or does not run it`).toEqual([{ title, runs: true }]);
    }
  });

  it('are listed with their tests in docs/proof.md', () => {
    const page = readFileSync(path.join(root, 'docs/proof.md'), 'utf8');
    for (const { name, tests } of knownRegressions) {
      expect(page).toContain(name);
      for (const { title } of tests) expect(page).toContain(title);
    }
  });
});

describe('tests of a file', () => {
  it('are those that are called, with whether they run', () => {
    const text = `
      // it('is commented out', () => {});
      const title = 'is only mentioned';
      describe.skipIf(!hasServer())('a group', () => {
        it('runs', () => { expect(1).toBe(1); });
        it.each(rows)('runs for %s', () => {});
        it.skip('is skipped', () => {});
        test.todo('is for later');
      });
      describe.skip('a group', () => { describe('another', () => { it('is skipped with its group', () => {}); }); });`;
    expect(testsIn('a.test.ts', text).map(({ title, runs }) => [title, runs])).toEqual([
      ['runs', true],
      ['runs for %s', true],
      ['is skipped', false],
      ['is for later', false],
      ['is skipped with its group', false],
    ]);
  });
});
