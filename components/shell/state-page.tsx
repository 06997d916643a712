import type { ReactNode } from 'react';

/** A whole page that has nothing else to show: what is the matter, and what to do next. */
export function StatePage({
  title,
  children,
  acts,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly acts?: ReactNode;
}) {
  return (
    <main id="main" className="state">
      <CutLine />
      <h1>{title}</h1>
      {children}
      {acts ? <div className="acts">{acts}</div> : null}
    </main>
  );
}

/** The idle line of the timeline, alone: nothing happens here. */
export function CutLine() {
  return (
    <svg className="art" width="64" height="28" viewBox="0 0 64 28" fill="none" aria-hidden="true">
      <path
        d="M2 14h16l5-9 8 18 8-18 5 9h18"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
