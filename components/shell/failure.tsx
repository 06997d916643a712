'use client';
import Link from 'next/link';
import { Icon } from '@/components/ui/icons';
import { StatePage } from './state-page';

/** Something broke while the page was made. What people typed elsewhere is safe; trying again is often enough. */
export function Failure({
  error,
  retry,
  home,
}: {
  readonly error: unknown;
  readonly retry: () => void;
  readonly home: { readonly href: string; readonly word: string };
}) {
  const number = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : null;
  return (
    <StatePage
      title="This page could not be shown"
      acts={
        <>
          <button className="btn btn-primary" type="button" onClick={() => retry()}>
            <Icon name="retrying" />
            Try again
          </button>
          <Link className="btn" href={home.href}>
            {home.word}
          </Link>
        </>
      }
    >
      <p>Something went wrong on our side, and nothing was changed. Try again; if it stays, tell an administrator.</p>
      {number ? (
        <p className="ref">
          The number of this error is <span className="mono">{number}</span>
        </p>
      ) : null}
    </StatePage>
  );
}
