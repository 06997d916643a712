import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownRegressions } from './known';

const root = path.resolve(import.meta.dirname, '../../../..');

describe('known regressions', () => {
  it.each(knownRegressions)('have a test: $name', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      expect(readFileSync(path.join(root, file), 'utf8'), `${file} has no test "${title}"`).toContain(`'${title}'`);
    }
  });

  it('are listed with their tests in docs/proof.md', () => {
    const page = readFileSync(path.join(root, 'docs/proof.md'), 'utf8');
    for (const { name } of knownRegressions) expect(page).toContain(name);
  });
});
