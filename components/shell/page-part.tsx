import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { WithSkeleton } from './with-skeleton';

/**
 * What a page has to read before it can be drawn. Going from page to page, a skeleton holds its place meanwhile. A
 * document that is opened comes whole: a skeleton there stays for 300 ms, however soon the rest is read, since the
 * browser is spared two changes in short order.
 */
export async function PagePart({
  skeleton,
  mayFail = false,
  children,
}: {
  readonly skeleton: ReactNode;
  /** Whether the server may be unable to draw it: then the browser does, in the place that the skeleton holds. */
  readonly mayFail?: boolean;
  readonly children: ReactNode;
}) {
  const isDocument = (await headers()).get('sec-fetch-dest') === 'document';
  return (
    <WithSkeleton skeleton={skeleton} isWhole={isDocument && !mayFail}>
      {children}
    </WithSkeleton>
  );
}
