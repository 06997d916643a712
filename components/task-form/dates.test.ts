import { describe, expect, it } from 'vitest';
import { toLocalInput, toUtc } from './dates';

describe('date-time fields', () => {
  it.each([
    ['2026-11-23T09:05:00.000Z', 'Europe/Berlin', '2026-11-23T10:05'],
    ['2026-07-01T22:30:00.000Z', 'Europe/Berlin', '2026-07-02T00:30'],
    ['2026-11-23T09:05:00.000Z', 'America/New_York', '2026-11-23T04:05'],
    ['2026-11-23T09:05:00.000Z', 'Asia/Kolkata', '2026-11-23T14:35'],
    ['2026-03-29T01:30:00.000Z', 'Europe/Berlin', '2026-03-29T03:30'],
    ['2026-10-25T02:30:00.000Z', 'Europe/Berlin', '2026-10-25T03:30'],
    ['9999-12-31T22:59:00.000Z', 'Europe/Berlin', '9999-12-31T23:59'],
  ])('show %s in %s as %s and read it back', (instant, zone, local) => {
    expect(toLocalInput(instant, zone)).toBe(local);
    expect(toUtc(local, zone)).toBe(instant);
  });

  it('take a time that does not exist as the next one that does', () => {
    expect(toLocalInput(toUtc('2026-03-29T02:30', 'Europe/Berlin') ?? '', 'Europe/Berlin')).toMatch(/T0[13]:30$/);
  });

  it('show nothing for what is no instant', () => {
    expect(toLocalInput('soon', 'UTC')).toBe('');
    expect(toUtc('soon', 'UTC')).toBeUndefined();
  });
});
