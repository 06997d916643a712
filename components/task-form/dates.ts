/** Between an instant in UTC, as it is stored, and the wall clock of a time zone, as a date-time field shows it. */

/** `2026-11-23T09:05:00Z` in Europe/Berlin as `2026-11-23T10:05`; empty for what is no instant. */
export function toLocalInput(instant: string, zone: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return '';
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * The instant at which the clock of `zone` shows `local`; undefined for what is no time. A time that is skipped in spring
 * counts as an hour later.
 */
export function toUtc(local: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset depends on the instant that is looked for, so the first guess is corrected once.
  const guess = asUtc - offsetMs(asUtc, zone);
  const instant = new Date(asUtc - offsetMs(guess, zone));
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

function offsetMs(instant: number, zone: string): number {
  if (Number.isNaN(instant)) return NaN;
  const local = toLocalInput(new Date(instant).toISOString(), zone);
  // A year of five digits: the last evening of 9999 is a new year further east.
  const shown = local.length > 'YYYY-MM-DDThh:mm'.length ? `+0${local}Z` : `${local}Z`;
  return Date.parse(shown) - Math.floor(instant / 60_000) * 60_000;
}
