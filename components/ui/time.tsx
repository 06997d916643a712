'use client';
import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { calendarText, clockText, compactText, dueText, exactText, relativeText, spanText } from './time-text';

/** How the server saw time when it rendered the page: the first paint in the browser must say the same. */
interface ServerTime {
  readonly nowMs: number;
  readonly zone: string;
}

const ServerTimeContext = createContext<ServerTime>({ nowMs: 0, zone: 'UTC' });

const tickMs = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let currentMs = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    currentMs = Date.now();
    for (const notify of listeners) notify();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const noChanges = () => () => undefined;
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
function browserNow(): number {
  // Stable between two ticks: a snapshot that changes at every call would render for ever.
  if (Date.now() - currentMs > tickMs) currentMs = Date.now();
  return currentMs;
}

/** Gives the pages below one clock and one zone, and tells the server the reader's zone for the next visit. */
export function TimeProvider({
  nowMs,
  zone,
  children,
}: ServerTime & {
  readonly children: ReactNode;
}) {
  useEffect(() => {
    const actual = browserZone();
    if (actual !== zone) document.cookie = `tz=${encodeURIComponent(actual)}; path=/; max-age=31536000; samesite=lax`;
  }, [zone]);
  return <ServerTimeContext value={{ nowMs, zone }}>{children}</ServerTimeContext>;
}

/** The reader's zone. */
export function useZone(): string {
  const server = use(ServerTimeContext);
  return useSyncExternalStore(noChanges, browserZone, () => server.zone);
}

/** The present in milliseconds since the epoch, moving on every 15 seconds. */
export function useNow(): number {
  const server = use(ServerTimeContext);
  return useSyncExternalStore(subscribe, browserNow, () => server.nowMs);
}

export type TimeStyle =
  'relative' | 'due' | 'due-long' | 'calendar' | 'compact' | 'clock' | 'clock-s' | 'clock-ms' | 'exact';

/** An instant in the reader's zone; the exact one, with its zone, is the title. */
export function Time({
  at,
  style = 'relative',
  className,
}: {
  /** ISO 8601. */
  readonly at: string;
  readonly style?: TimeStyle;
  readonly className?: string;
}) {
  const nowMs = useNow();
  const zone = useZone();
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={exactText(atMs, zone)} className={className}>
      {textOf(style, atMs, nowMs, zone)}
    </time>
  );
}

function textOf(style: TimeStyle, atMs: number, nowMs: number, zone: string): string {
  switch (style) {
    case 'relative':
      return relativeText(atMs, nowMs);
    case 'due':
      return dueText(atMs, nowMs, zone);
    case 'due-long':
      return atMs < nowMs ? dueText(atMs, nowMs, zone) : `Due ${calendarText(atMs, nowMs, zone)}`;
    case 'calendar':
      return calendarText(atMs, nowMs, zone);
    case 'compact':
      return compactText(atMs, nowMs, zone);
    case 'clock':
      return clockText(atMs, zone);
    case 'clock-s':
      return clockText(atMs, zone, 'second');
    case 'clock-ms':
      return clockText(atMs, zone, 'ms');
    case 'exact':
      return exactText(atMs, zone);
  }
}

/** When something should be done: red once it is late. */
export function Due({ at, children }: { readonly at: string; readonly children?: ReactNode }) {
  const isLate = Date.parse(at) < useNow();
  return (
    <span className={isLate ? 'row is-late' : 'row'}>
      {children}
      <Time at={at} style="due-long" />
    </span>
  );
}

/** How long something took; without an end it is still going on. */
export function Duration({ from, to }: { readonly from: string; readonly to: string | null }) {
  const nowMs = useNow();
  return <>{spanText((to === null ? nowMs : Date.parse(to)) - Date.parse(from))}</>;
}
