/** Words for instants and spans. Pure: the zone and the present are parameters, so server and browser agree. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: string;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall of that zone shows. */
export function wallOf(atMs: number, zone: string): Wall {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, formatter);
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const part of formatter.formatToParts(atMs)) parts[part.type] = Number(part.value);
  const year = parts.year ?? 0;
  const month = parts.month ?? 1;
  const dayOfMonth = parts.day ?? 1;
  return {
    year,
    month,
    day: dayOfMonth,
    weekday: weekdays[new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay()] ?? '',
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
    second: parts.second ?? 0,
    ms: ((atMs % second) + second) % second,
  };
}

const two = (value: number) => String(value).padStart(2, '0');

/** `UTC`, `UTC+1`, `UTC−3:30`: understood everywhere, unlike letters such as CST. */
export function zoneLabel(atMs: number, zone: string): string {
  const wall = wallOf(atMs, zone);
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  const offset = Math.round((asUtc - Math.floor(atMs / second) * second) / minute);
  if (offset === 0) return 'UTC';
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  return `UTC${offset < 0 ? '−' : '+'}${hours}${minutes ? `:${two(minutes)}` : ''}`;
}

/** `Monday 23 November 2026, 14:05:09 UTC+1`: the exact instant, with its zone. */
export function exactText(atMs: number, zone: string): string {
  const wall = wallOf(atMs, zone);
  const date = `${wall.weekday} ${wall.day} ${months[wall.month - 1] ?? ''} ${wall.year}`;
  return `${date}, ${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)} ${zoneLabel(atMs, zone)}`;
}

/** `14:05`, `14:05:09` or `14:05:09.113`. */
export function clockText(atMs: number, zone: string, precision: 'minute' | 'second' | 'ms' = 'minute'): string {
  const wall = wallOf(atMs, zone);
  const minutes = `${two(wall.hour)}:${two(wall.minute)}`;
  if (precision === 'minute') return minutes;
  const seconds = `${minutes}:${two(wall.second)}`;
  return precision === 'second' ? seconds : `${seconds}.${String(wall.ms).padStart(3, '0')}`;
}

function dayNumber(wall: Wall): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day) / day;
}

/** Whole calendar days from one instant to another in that zone: 0 is the same day, 1 tomorrow. */
export function daysBetween(fromMs: number, toMs: number, zone: string): number {
  return dayNumber(wallOf(toMs, zone)) - dayNumber(wallOf(fromMs, zone));
}

/** `today, 14:05`, `tomorrow, 9:00`, `Wednesday, 9:00`, `3 December, 9:00`, `3 December 2025, 9:00`. */
export function calendarText(atMs: number, nowMs: number, zone: string): string {
  const wall = wallOf(atMs, zone);
  const days = daysBetween(nowMs, atMs, zone);
  const time = `${wall.hour}:${two(wall.minute)}`;
  if (days === 0) return `today, ${time}`;
  if (days === 1) return `tomorrow, ${time}`;
  if (days === -1) return `yesterday, ${time}`;
  if (days > 1 && days < 7) return `${wall.weekday}, ${time}`;
  const date = `${wall.day} ${months[wall.month - 1] ?? ''}`;
  return wall.year === wallOf(nowMs, zone).year ? `${date}, ${time}` : `${date} ${wall.year}, ${time}`;
}

/** For a narrow column: `14:05` of today, `Mon 14:05` within a week, else `23 Nov`. */
export function compactText(atMs: number, nowMs: number, zone: string): string {
  const wall = wallOf(atMs, zone);
  const days = Math.abs(daysBetween(nowMs, atMs, zone));
  if (days === 0) return clockText(atMs, zone, 'second');
  if (days < 7) return `${wall.weekday.slice(0, 3)} ${clockText(atMs, zone)}`;
  const date = `${wall.day} ${(months[wall.month - 1] ?? '').slice(0, 3)}`;
  return wall.year === wallOf(nowMs, zone).year ? date : `${date} ${wall.year}`;
}

/** A span in its two largest units: `212 ms`, `1.4 s`, `4 min 22 s`, `1 h 39 min`, `2 d 21 h`. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < second) return `${Math.round(span)} ms`;
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  if (span < minute) return `${Math.floor(span / second)} s`;
  if (span < hour) return pair(span, minute, 'min', second, 's');
  if (span < day) return pair(span, hour, 'h', minute, 'min');
  return pair(span, day, 'd', hour, 'h');
}

function pair(span: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((span % big) / small);
  return rest ? `${Math.floor(span / big)} ${bigUnit} ${rest} ${smallUnit}` : `${Math.floor(span / big)} ${bigUnit}`;
}

/** A span in one unit, rounded down: `now`, `5 min`, `3 h`, `2 d`. */
export function roughSpan(ms: number): string {
  const span = Math.abs(ms);
  if (span < minute) return `${Math.max(1, Math.floor(span / second))} s`;
  if (span < hour) return `${Math.floor(span / minute)} min`;
  if (span < 2 * day) return `${Math.floor(span / hour)} h`;
  return `${Math.floor(span / day)} d`;
}

/** `just now`, `5 min ago`, `in 3 h`. */
export function relativeText(atMs: number, nowMs: number): string {
  const gap = atMs - nowMs;
  if (Math.abs(gap) < 45 * second) return gap > 5 * second ? 'in under a minute' : 'just now';
  return gap > 0 ? `in ${roughSpan(gap)}` : `${roughSpan(gap)} ago`;
}

/** A due date from where the reader stands: `1 h late`, `in 3 h`, `Wed`, `30 Nov`. */
export function dueText(dueMs: number, nowMs: number, zone: string): string {
  if (dueMs < nowMs) return `${roughSpan(nowMs - dueMs)} late`;
  const days = daysBetween(nowMs, dueMs, zone);
  if (days === 0 || dueMs - nowMs < 12 * hour) return `in ${roughSpan(dueMs - nowMs)}`;
  const wall = wallOf(dueMs, zone);
  if (days < 7) return wall.weekday.slice(0, 3);
  return `${wall.day} ${(months[wall.month - 1] ?? '').slice(0, 3)}`;
}

export type DueGroup = 'overdue' | 'today' | 'later';

/** Which heading of the inbox a task stands under. Tasks without a due date are for later. */
export function dueGroup(dueMs: number | null, nowMs: number, zone: string): DueGroup {
  if (dueMs === null) return 'later';
  if (dueMs < nowMs) return 'overdue';
  return daysBetween(nowMs, dueMs, zone) === 0 ? 'today' : 'later';
}
