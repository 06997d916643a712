'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** Whether a path is a place's own page, or below it. */
export const isAt = (path: string, href: string): boolean => path === href || path.startsWith(`${href}/`);

/** A link of the navigation that knows whether the reader is on its page or below it. */
export function NavLink({
  href,
  className = 'nav',
  onGo,
  children,
}: {
  readonly href: string;
  readonly className?: string;
  /** Told when the link is followed. */
  readonly onGo?: () => void;
  readonly children: ReactNode;
}) {
  const current = isAt(usePathname(), href);
  return (
    <Link prefetch={false} href={href} className={className} aria-current={current ? 'page' : undefined} onClick={onGo}>
      {children}
    </Link>
  );
}
