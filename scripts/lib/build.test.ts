import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashSources } from './build.mjs';

let projectRoot: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(projectRoot, file)), { recursive: true });
  writeFileSync(path.join(projectRoot, file), text);
};

beforeEach(() => {
  projectRoot = mkdtempSync(path.join(tmpdir(), 'sources-'));
  write('app/page.tsx', 'one');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(projectRoot, { recursive: true }));

describe('hash of the sources', () => {
  it.each([
    ['an edited page', 'app/page.tsx', 'two'],
    ['a new module', 'lib/a/b.ts', ''],
    ['an edited style', 'app/styles/base.css', 'a'],
    ['another lock', 'package-lock.json', '{ }'],
  ])('changes with %s', (_what, file, text) => {
    const before = hashSources({ projectRoot });
    write(file, text);
    expect(hashSources({ projectRoot })).not.toBe(before);
  });

  it.each(['lib/a/b.test.ts', 'docs/x.md', 'README.md', 'next-env.d.ts', '.next/x.js', 'scripts/lib/x.mjs'])(
    'does not change with %s',
    (file) => {
      const before = hashSources({ projectRoot });
      write(file, 'anything');
      expect(hashSources({ projectRoot })).toBe(before);
    },
  );
});
