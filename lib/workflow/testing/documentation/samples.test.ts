import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileSamples, samplesOf } from './samples';

const projectRoot = path.resolve(import.meta.dirname, '../../../..');
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...readdirSync(path.join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the samples in our documents', { timeout: 120_000 }, () => {
  it('compile', () => {
    const samples = documents.flatMap((name) => samplesOf(name, readFileSync(path.join(projectRoot, name), 'utf8')));
    expect(samples.length).toBeGreaterThan(30);
    expect(compileSamples(samples, projectRoot)).toEqual([]);
  });

  it('are told apart from what no longer compiles', () => {
    const wrong = samplesOf('old.md', "# Old\n\n```ts\nawait events.waitFor('Paid', { timeOut: '3 days' });\n```\n");
    expect(wrong).toHaveLength(1);
    const [found, ...more] = compileSamples(wrong, projectRoot);
    expect(found).toMatch(/^old\.md:4: .*timeOut/s);
    expect(more).toEqual([]);
  });
});
