import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const pages = readdirSync(path.join(root, 'docs/errors'))
  .filter((name) => name !== 'README.md')
  .map((name) => path.basename(name, '.md'));

/** What an author writes to give an error its code. */
const givesCode = /\b(?:readonly code = |code: |\w+Code = )'([a-z_]+)'/g;
/** Schemas have issues of this kind, whose code nobody sees. */
const ofSchemas = 'custom';

/** All codes. Those of HTTP answers, one for each status, have one page. */
function codesInSources(): string[] {
  const codes = new Set(['http_status']);
  for (const folder of ['lib', 'app']) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file) || /\.test\.ts|(^|\/)testing\//.test(file)) continue;
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      for (const [, code = ''] of text.matchAll(givesCode)) if (code !== ofSchemas) codes.add(code);
    }
  }
  return [...codes];
}

describe('docs/errors', () => {
  it('has a page for each code that an error of the product has, and no other', () => {
    expect(pages.sort()).toEqual(codesInSources().sort());
  });

  it.each(pages)('says of %s what happened, why, what to do, with an example', (code) => {
    const text = readFileSync(path.join(root, `docs/errors/${code}.md`), 'utf8');
    expect(text.startsWith(`# \`${code}\`\n`)).toBe(true);
    for (const part of ['## Why', '## What to do', '## Example']) expect(text).toContain(`\n${part}\n`);
    expect(readFileSync(path.join(root, 'docs/errors/README.md'), 'utf8')).toContain(`[\`${code}\`](${code}.md)`);
  });
});
