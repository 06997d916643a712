import Link from 'next/link';
import type { ReactNode } from 'react';
import { BrandMark } from '@/components/ui/icons';

export function Brand({ href, children }: { readonly href?: string; readonly children?: ReactNode }) {
  const content = (
    <>
      <BrandMark />
      <span className="brand-t">Baton</span>
      {children}
    </>
  );
  return href ? (
    <Link prefetch={false} className="brand" href={href}>
      {content}
    </Link>
  ) : (
    <span className="brand">{content}</span>
  );
}

export function SkipLink() {
  return (
    <a className="skip" href="#main">
      Skip to content
    </a>
  );
}
