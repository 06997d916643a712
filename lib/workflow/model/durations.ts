import { InvalidInputError } from './errors';
import { messageOf } from './messages';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
};

/**
 * A duration in milliseconds: a number as it is, or text of amounts and units such as `3 days`, `1h 30m`, `90 s`.
 * @param call what it is given to, for the error.
 * @throws InvalidInputError that names the call or the text and shows the accepted form.
 */
export function durationMs(duration: string | number, call = 'This'): number {
  const given: unknown = duration;
  if (typeof given !== 'string' && typeof given !== 'number') {
    throw new InvalidInputError(
      `${call} needs a duration, not ${messageOf(given)}. Write text like "3 days" or "1h 30m", or a number of milliseconds.`,
    );
  }
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return boundedDuration(Math.round(duration));
    throw new InvalidInputError(`A duration of ${duration} ms is not possible: give 0 or more.`);
  }
  let total = 0;
  let rest = duration.trim().toLowerCase();
  if (rest === '') throw badDuration(duration);
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/.exec(rest);
    const unit = match?.[2] ?? '';
    const factor = unitMs[unit] ?? (unit.endsWith('s') ? unitMs[unit.slice(0, -1)] : undefined);
    if (!match || factor === undefined) throw badDuration(duration);
    total += Number(match[1]) * factor;
    rest = rest.slice(match[0].length);
  }
  return boundedDuration(Math.round(total));
}

const maxDurationMs = 1_000 * 366 * 86_400_000;

function boundedDuration(ms: number): number {
  if (ms <= maxDurationMs) return ms;
  throw new InvalidInputError(`A duration of ${ms} ms is not possible: the longest is 1,000 years.`);
}

const firstInstantMs = Date.UTC(1000, 0, 1);
const endMs = Date.UTC(10_000, 0, 1);

/** Whether a log and a database can keep an instant: years of four digits. */
export const isStorableInstant = (ms: number): boolean => ms >= firstInstantMs && ms < endMs;

/**
 * An instant that a log and a database can keep.
 * @throws InvalidInputError
 */
export function storableInstant(ms: number): number {
  if (isStorableInstant(ms)) return ms;
  throw new InvalidInputError(`An instant of ${ms} ms since 1970 is not possible: give one in the years 1000 to 9999.`);
}

/** An instant in milliseconds: an ISO date as it is, anything else as a duration counted from `fromMs`. */
export function instantMs(value: string | number, fromMs: number): number {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    const parsed = Date.parse(value);
    if (!Number.isNaN(parsed)) return storableInstant(parsed);
    throw new InvalidInputError(`"${value}" is not a date. Write it like 2026-12-24T12:00:00Z.`);
  }
  return fromMs + durationMs(value);
}

function badDuration(text: string): InvalidInputError {
  return new InvalidInputError(`"${text}" is not a duration. Write amounts with units, like "3 days" or "1h 30m".`);
}
