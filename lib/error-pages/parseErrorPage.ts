/** The pages of errors, as far as they use markdown: headings, paragraphs, lists, code, and in lines code and links. */

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'title' | 'heading' | 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string };

export function parseErrorPage(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', at + 1);
      blocks.push({ kind: 'code', text: lines.slice(at + 1, end < 0 ? lines.length : end).join('\n') });
      at = end < 0 ? lines.length : end;
      continue;
    }
    if (line.startsWith('## ')) blocks.push({ kind: 'heading', inlines: inlinesOf(line.slice(3)) });
    else if (line.startsWith('# ')) blocks.push({ kind: 'title', inlines: inlinesOf(line.slice(2)) });
    else {
      const end = lines.findIndex((each, index) => index > at && (each.trim() === '' || each.startsWith('```')));
      const group = lines.slice(at, end < 0 ? lines.length : end);
      blocks.push(
        line.startsWith('- ')
          ? { kind: 'list', items: itemsOf(group).map(inlinesOf) }
          : { kind: 'paragraph', inlines: inlinesOf(group.join(' ')) },
      );
      at += group.length - 1;
    }
  }
  return blocks;
}

/** Lines of an item that goes on are indented. */
function itemsOf(lines: readonly string[]): readonly string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (line.startsWith('- ')) items.push(line.slice(2));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function inlinesOf(text: string): readonly Inline[] {
  return text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/).flatMap((part): Inline[] => {
    if (part === '') return [];
    if (part.startsWith('`') && part.endsWith('`')) return [{ kind: 'code', text: part.slice(1, -1) }];
    const [, label, href] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
    if (label === undefined || href === undefined) return [{ kind: 'text', text: part }];
    return [{ kind: 'link', text: label.replaceAll('`', ''), href }];
  });
}
