'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** A link of the navigation that knows whether the reader is on its page or below it. */
export function NavLink({
  href,
  className = 'nav',
  children,
}: {
  readonly href: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const path = usePathname();
  const current = path === href || path.startsWith(`${href}/`);
  return (
    <Link prefetch={false} href={href} className={className} aria-current={current ? 'page' : undefined}>
      {children}
    </Link>
  );
}
