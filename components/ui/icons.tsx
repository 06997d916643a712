import type { ReactNode } from 'react';

/** Every icon is drawn on 16 units with strokes in the colour of the text around it. */
const shapes = {
  alert: (
    <>
      <path d="M8 2.2 14.2 13H1.8zM8 6.4v3M8 11.2h.01" />
    </>
  ),
  blocked: (
    <>
      <path d="M6 2.6c-1.6 0-1.9.7-1.9 1.9 0 1.9-.3 2.9-1.7 3.5 1.4.6 1.7 1.6 1.7 3.5 0 1.2.3 1.9 1.9 1.9M10 2.6c1.6 0 1.9.7 1.9 1.9 0 1.9.3 2.9 1.7 3.5-1.4.6-1.7 1.6-1.7 3.5 0 1.2-.3 1.9-1.9 1.9M8 5v3.6M8 11h.01" />
    </>
  ),
  bolt: (
    <>
      <path d="M8.8 1.8 3.3 9h4l-.6 5.2L12.6 7H8.3z" />
    </>
  ),
  bookmark: (
    <>
      <path d="M4 2.5h8v11l-4-2.8-4 2.8z" />
    </>
  ),
  cal: (
    <>
      <rect x="2.3" y="3.2" width="11.4" height="10.3" rx="1.5" />
      <path d="M2.5 6.6h11M5.3 1.9v2.4M10.7 1.9v2.4" />
    </>
  ),
  canceled: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="m3.9 12.1 8.2-8.2" />
    </>
  ),
  check: (
    <>
      <path d="m3.2 8.5 3.2 3.1 6.4-7.1" />
    </>
  ),
  claimed: (
    <>
      <circle cx="6.7" cy="5.2" r="2.6" />
      <path d="M1.8 13.5c.4-2.8 2.3-4.2 4.9-4.2.7 0 1.3.1 1.9.3M9.7 11.8l1.5 1.5 2.9-3.3" />
    </>
  ),
  clip: (
    <>
      <path d="m12.8 7.5-5 5a3 3 0 0 1-4.3-4.3l5.4-5.4a2 2 0 0 1 2.9 2.9L6.5 11a1 1 0 0 1-1.5-1.4l4.6-4.7" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="M8 4.7V8l2.2 1.5" />
    </>
  ),
  code: (
    <>
      <path d="M5.5 4.3 2 8l3.5 3.7M10.5 4.3 14 8l-3.5 3.7" />
    </>
  ),
  comment: (
    <>
      <path d="M2.5 3.2h11v7.6H7.8l-3 2.6v-2.6H2.5z" />
    </>
  ),
  completed: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="m5.4 8.3 1.8 1.8 3.5-3.9" />
    </>
  ),
  continued: (
    <>
      <path d="M2 5.5h6.5a3.5 3.5 0 0 1 0 7H5" />
      <path d="M7.3 10.2 5 12.5l2.3 2.3" />
    </>
  ),
  copy: (
    <>
      <rect x="5.2" y="5.2" width="8" height="8.3" rx="1.5" />
      <path d="M10.5 5V3.7a1.2 1.2 0 0 0-1.2-1.2H4A1.3 1.3 0 0 0 2.7 3.8v5.4a1.2 1.2 0 0 0 1.2 1.2H5" />
    </>
  ),
  dead: (
    <>
      <path d="M2 9.5h3.2l1 2h3.6l1-2H14v2.8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1zM6 2.5l4 4M10 2.5l-4 4" />
    </>
  ),
  declined: (
    <>
      <path d="M6 3.5 2.5 7 6 10.5" />
      <path d="M2.8 7h6.7a4 4 0 0 1 4 4v1.5" />
    </>
  ),
  dots: (
    <>
      <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />
    </>
  ),
  down: (
    <>
      <path d="M3.5 6 8 10.5 12.5 6" />
    </>
  ),
  download: (
    <>
      <path d="M8 2.5v7.3M4.9 7 8 10l3.1-3M2.8 13.3h10.4" />
    </>
  ),
  expired: (
    <>
      <path d="M4 2h8M4 14h8M4.8 2c0 3.7 3.2 4 3.2 6s-3.2 2.3-3.2 6M11.2 2c0 3.7-3.2 4-3.2 6s3.2 2.3 3.2 6" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  file: (
    <>
      <path d="M4 1.8h5l3.2 3.2v9.2H4z" />
      <path d="M6.4 8h3.4M6.4 10.8h3.4" />
    </>
  ),
  filter: (
    <>
      <path d="M2.5 4.5h11M4.7 8h6.6M6.7 11.5h2.6" />
    </>
  ),
  flow: (
    <>
      <circle cx="4" cy="3.8" r="1.8" />
      <circle cx="4" cy="12.2" r="1.8" />
      <circle cx="12" cy="8" r="1.8" />
      <path d="M4 5.6v4.8M5.6 4.6c2.2.3 3 1.4 4.7 2.6" />
    </>
  ),
  fork: (
    <>
      <circle cx="4.2" cy="3.5" r="1.7" />
      <circle cx="11.8" cy="3.5" r="1.7" />
      <circle cx="8" cy="12.6" r="1.7" />
      <path d="M4.2 5.2c0 2.6 3.8 2.3 3.8 5.7M11.8 5.2c0 2.6-3.8 2.3-3.8 5.7" />
    </>
  ),
  form: (
    <>
      <rect x="2.5" y="2.3" width="11" height="11.4" rx="1.5" />
      <path d="M5.2 5.7h5.6M5.2 8.5h5.6M5.2 11.2h2.8" />
    </>
  ),
  inbox: (
    <>
      <path d="M2 9.5h3.2l1 2h3.6l1-2H14" />
      <path d="M3.6 3.2h8.8L14 9.5v2.8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V9.5z" />
    </>
  ),
  layers: (
    <>
      <path d="m8 2.2 6 3-6 3-6-3zM2.3 8.2l5.7 2.9 5.7-2.9M2.3 11l5.7 2.9 5.7-2.9" />
    </>
  ),
  left: (
    <>
      <path d="M10 3.5 5.5 8l4.5 4.5" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="5.9" strokeDasharray="2.6 2" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  pending: (
    <>
      <circle cx="8" cy="8" r="5.8" strokeDasharray="1.6 2.040" />
    </>
  ),
  plug: (
    <>
      <path d="M6 2v3.2M10 2v3.2M4 5.2h8v2.3a4 4 0 0 1-8 0zM8 11.5V14" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  prio2: (
    <>
      <path d="M4 12V9.5M8 12V7" strokeWidth="2" />
      <path d="M12 12V4" strokeWidth="2" opacity=".3" />
    </>
  ),
  prio3: (
    <>
      <path d="M4 12V9.5M8 12V7M12 12V4" strokeWidth="2" />
    </>
  ),
  prio4: (
    <>
      <rect x="2.3" y="2.3" width="11.4" height="11.4" rx="3" fill="currentColor" stroke="none" />
      <path d="M8 5v3.6M8 11h.01" stroke="var(--surface)" strokeWidth="1.8" />
    </>
  ),
  pulse: (
    <>
      <path d="M1.8 8.2h3l1.7-4.5 3 8.6 1.7-4.1h3" />
    </>
  ),
  retrying: (
    <>
      <path d="M13.3 8a5.3 5.3 0 1 1-1.7-3.9" />
      <path d="M13.5 1.9v3h-3" />
    </>
  ),
  right: (
    <>
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.8" opacity=".35" />
      <path d="M8 2.2A5.8 5.8 0 0 1 13.8 8" />
      <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.4 3.4" />
    </>
  ),
  suspended: (
    <>
      <path d="M13.3 9.7A5.7 5.7 0 1 1 6.3 2.7a4.6 4.6 0 0 0 7 7z" />
    </>
  ),
  terminated: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <rect x="5.9" y="5.9" width="4.2" height="4.2" rx=".6" fill="currentColor" stroke="none" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="M8 2.1v11.8A5.9 5.9 0 0 0 8 2.1z" fill="currentColor" />
    </>
  ),
  up: (
    <>
      <path d="M3.5 10.5 8 6l4.5 4.5" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.2" r="2.7" />
      <path d="M2.8 13.8c.5-2.9 2.5-4.3 5.2-4.3s4.7 1.4 5.2 4.3" />
    </>
  ),
  users: (
    <>
      <circle cx="6" cy="5.4" r="2.4" />
      <path d="M1.6 13.2c.4-2.6 2.1-3.8 4.4-3.8s4 1.2 4.4 3.8M10.7 3.2a2.4 2.4 0 0 1 0 4.4M12 9.7c1.4.5 2.2 1.7 2.5 3.5" />
    </>
  ),
  wevent: (
    <>
      <rect x="2" y="3.5" width="12" height="9" rx="1.5" />
      <path d="m2.5 4.7 5.5 4 5.5-4" />
    </>
  ),
  wperson: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <circle cx="8" cy="6.5" r="1.7" />
      <path d="M4.8 12.7c.5-1.7 1.7-2.5 3.2-2.5s2.7.8 3.2 2.5" />
    </>
  ),
  wtime: (
    <>
      <circle cx="8" cy="8" r="5.9" />
      <path d="M8 4.7V8l2.2 1.5" />
    </>
  ),
  x: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  minus: <path d="M3 8h10" />,
  out: <path d="M9.5 2.8H3.2v10.4h6.3M7 8h6.8M11.2 5.2 14 8l-2.8 2.8" />,
  open: <path d="M6.5 3H3v10h10V9.5M9.3 2.8h3.9v3.9M13 3 7.5 8.5" />,
  keyboard: (
    <>
      <rect x="1.8" y="4" width="12.4" height="8" rx="1.5" />
      <path d="M4.5 6.8h.01M7 6.8h.01M9.4 6.8h.01M11.8 6.8h.01M5 9.4h6" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** Decoration only: the word beside it carries the meaning, so screen readers skip it. */
export function Icon({ name, className }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg className={className ? `i ${className}` : 'i'} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}

/** The mark: two hands of a relay. */
export function BrandMark() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path className="b" d="M3.3 16.7a3.1 3.1 0 0 1 0-4.4l3.5-3.5 4.4 4.4-3.5 3.5a3.1 3.1 0 0 1-4.4 0z" />
      <path className="a" d="M12.3 12.1 7.9 7.7l4.4-4.4a3.1 3.1 0 0 1 4.4 4.4z" />
    </svg>
  );
}
