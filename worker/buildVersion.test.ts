import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EnvironmentError } from '@/lib/env';
import { buildVersion } from './buildVersion';

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

const release = {
  'package-lock.json': '{}',
  'lib/steps.ts': 'export const step = 1;',
  'lib/deep/down.ts': 'export const down = 1;',
  'workflows/order.ts': "import '../lib/steps';",
};

function write(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'baton-build-'));
  made.push(root);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}
const versionOf = (files: Readonly<Record<string, string>>) => buildVersion({ root: write(files) });

describe('the version of a build', () => {
  it('is the same on every machine that has the same files, in whatever order and whenever they were written', () => {
    const root = write(Object.fromEntries(Object.entries(release).reverse()));
    utimesSync(path.join(root, 'lib/steps.ts'), new Date(0), new Date(0));
    expect(buildVersion({ root })).toBe(versionOf(release));
    expect(buildVersion({ root })).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a workflow', { 'workflows/order.ts': "import '../lib/steps'; // mended" }],
    ['a function that workflows call', { 'lib/deep/down.ts': 'export const down = 2;' }],
    ['the packages', { 'package-lock.json': '{"lockfileVersion":3}' }],
    ['what there is', { 'lib/other.ts': '' }],
  ])('changes with %s', (_, changed) => {
    expect(versionOf({ ...release, ...changed })).not.toBe(versionOf(release));
  });

  it('changes when a file moves', () => {
    const { 'lib/steps.ts': content, ...others } = release;
    expect(versionOf({ ...others, 'lib/moved.ts': content })).not.toBe(versionOf(release));
  });

  it('stays as it is when only tests and pages change', () => {
    const more = { 'lib/steps.test.ts': 'it()', 'lib/README.md': '# Steps', 'docs/page.md': '', 'app/page.tsx': '' };
    expect(versionOf({ ...release, ...more })).toBe(versionOf(release));
  });

  it.each(['package-lock.json', 'workflows/order.ts'])('has to be given where %s is not there', (name) => {
    const files = Object.fromEntries(Object.entries(release).filter(([each]) => each !== name));
    expect(() => versionOf(files)).toThrow(EnvironmentError);
    expect(() => versionOf(files)).toThrow('BATON_CODE_VERSION must be set');
  });

  it('is that of the sources of this product', () => {
    expect(buildVersion({ root: process.cwd() })).toMatch(/^[0-9a-f]{16}$/);
  });
});
