import type { ReactNode } from 'react';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { Brand, SkipLink } from './brand';

/** A page to read, open to everybody, without the navigation of those who are signed in. */
export function DocPage({ kind, children }: { readonly kind: string; readonly children: ReactNode }) {
  return (
    <div className="work p-doc">
      <SkipLink />
      <header>
        <Brand href="/" />
        <ThemeToggle />
      </header>
      <main id="main">
        <p className="soft">{kind}</p>
        {children}
      </main>
    </div>
  );
}
