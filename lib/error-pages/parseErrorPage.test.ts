import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseErrorPage } from './parseErrorPage';
import { hasErrorPage, readErrorPage } from './readErrorPage';

const codes = readdirSync('docs/errors').flatMap((name) => (name === 'README.md' ? [] : [name.replace(/\.md$/, '')]));

describe('pages of errors', () => {
  it('are read part by part', () => {
    const page =
      '# `lost`\n\nIt is\nlost.\n\n## Why\n\n- See [the `log`](../log.md),\n  twice.\n- Or not.\n\n```ts\na;\n\nb;\n```\n';
    const text = (of: string) => ({ kind: 'text', text: of });
    expect(parseErrorPage(page)).toEqual([
      { kind: 'title', inlines: [{ kind: 'code', text: 'lost' }] },
      { kind: 'paragraph', inlines: [text('It is lost.')] },
      { kind: 'heading', inlines: [text('Why')] },
      {
        kind: 'list',
        items: [
          [text('See '), { kind: 'link', text: 'the log', href: '../log.md' }, text(', twice.')],
          [text('Or not.')],
        ],
      },
      { kind: 'code', text: 'a;\n\nb;' },
    ]);
  });

  it.each(codes)('says of %s all that its file says', async (code) => {
    const blocks = (await readErrorPage(code)) ?? [];
    expect(blocks[0]).toEqual({ kind: 'title', inlines: [{ kind: 'code', text: code }] });
    const headings = blocks.flatMap((block) => (block.kind === 'heading' ? block.inlines.map(({ text }) => text) : []));
    expect(headings).toEqual(expect.arrayContaining(['Why', 'What to do', 'Example']));
    expect(blocks.some((block) => block.kind === 'code')).toBe(true);
    // Nothing is left of the notation.
    const prose = blocks.flatMap((block) =>
      block.kind === 'list' ? block.items.flat() : block.kind === 'code' ? [] : block.inlines,
    );
    for (const { kind, text } of prose) if (kind === 'text') expect(text).not.toMatch(/`|\]\(|^#|\*\*/);
  });

  it('are none for codes that are not the product’s, nor for paths', async () => {
    for (const code of ['paper_out', '../api', '', 'README', 'a'.repeat(61)]) {
      expect(hasErrorPage(code)).toBe(false);
      expect(await readErrorPage(code)).toBeNull();
    }
    expect(hasErrorPage(null)).toBe(false);
  });
});
