'use client';
import { Suspense, useState, type ReactNode } from 'react';

/** A place for what is still on its way, or for what has come with the page. */
export function WithSkeleton({
  skeleton,
  isWhole,
  children,
}: {
  readonly skeleton: ReactNode;
  readonly isWhole: boolean;
  readonly children: ReactNode;
}) {
  // As it began, also when the page is read again: in a new place everything below would begin anew, with what is typed.
  const [wasWhole] = useState(isWhole);
  return wasWhole ? children : <Suspense fallback={skeleton}>{children}</Suspense>;
}
