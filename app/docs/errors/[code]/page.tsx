import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { DocPage } from '@/components/shell/doc-page';
import { hasErrorPage, readErrorPage } from '@/lib/error-pages/readErrorPage';
import type { Block, Inline } from '@/lib/error-pages/parseErrorPage';

interface Address {
  readonly params: Promise<{ readonly code: string }>;
}

export async function generateMetadata({ params }: Address): Promise<Metadata> {
  const { code } = await params;
  return { title: hasErrorPage(code) ? `Error ${code}` : 'No such error' };
}

/** What an error's code means and what to do: linked from answers of the API and from pages. For everybody. */
export default async function ErrorPage({ params }: Address) {
  const blocks = await readErrorPage((await params).code);
  if (!blocks) notFound();
  return (
    <DocPage kind="Error">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </DocPage>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'title':
      return (
        <h1>
          <Words inlines={block.inlines} />
        </h1>
      );
    case 'heading':
      return (
        <h2>
          <Words inlines={block.inlines} />
        </h2>
      );
    case 'paragraph':
      return (
        <p>
          <Words inlines={block.inlines} />
        </p>
      );
    case 'list':
      return (
        <ul>
          {block.items.map((item, index) => (
            <li key={index}>
              <Words inlines={item} />
            </li>
          ))}
        </ul>
      );
    case 'code':
      return (
        <pre tabIndex={0} aria-label="Example">
          <code>{block.text}</code>
        </pre>
      );
  }
}

function Words({ inlines }: { readonly inlines: readonly Inline[] }) {
  return inlines.map((inline, index) => {
    if (inline.kind === 'code') return <code key={index}>{inline.text}</code>;
    // Other errors have pages here; the rest of the documentation is read beside the sources.
    const [, code] = inline.kind === 'link' ? (/^([a-z_]+)\.md$/.exec(inline.href) ?? []) : [];
    return code === undefined ? (
      <span key={index}>{inline.text}</span>
    ) : (
      <a key={index} href={`/docs/errors/${code}`}>
        {inline.text}
      </a>
    );
  });
}
