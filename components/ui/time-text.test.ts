import { describe, expect, it } from 'vitest';
import {
  calendarText,
  clockText,
  compactText,
  dueGroup,
  dueText,
  exactText,
  relativeText,
  spanText,
  zoneLabel,
} from './time-text';

const now = Date.parse('2026-11-23T12:53:09.113Z');
const after = (text: string) => now + ms(text);
const before = (text: string) => now - ms(text);
function ms(text: string): number {
  const [amount, unit] = text.split(' ');
  const units: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(amount) * (units[unit ?? ''] ?? 1);
}

describe('the exact time', () => {
  it('names day, time and zone', () => {
    expect(exactText(now, 'UTC')).toBe('Monday 23 November 2026, 12:53:09 UTC');
    expect(exactText(now, 'Europe/Berlin')).toBe('Monday 23 November 2026, 13:53:09 UTC+1');
    expect(exactText(now, 'Asia/Kolkata')).toBe('Monday 23 November 2026, 18:23:09 UTC+5:30');
  });

  it('knows zones west of Greenwich and summer time', () => {
    expect(zoneLabel(now, 'America/New_York')).toBe('UTC−5');
    expect(zoneLabel(Date.parse('2026-07-01T12:00:00Z'), 'Europe/Berlin')).toBe('UTC+2');
  });

  it('shows a clock as finely as asked', () => {
    expect(clockText(now, 'UTC')).toBe('12:53');
    expect(clockText(now, 'UTC', 'second')).toBe('12:53:09');
    expect(clockText(now, 'UTC', 'ms')).toBe('12:53:09.113');
  });
});

describe('time from where the reader stands', () => {
  it.each([
    [before('10 s'), 'just now'],
    [before('5 min'), '5 min ago'],
    [before('3 h'), '3 h ago'],
    [before('3 d'), '3 d ago'],
    [after('20 s'), 'in under a minute'],
    [after('3 h'), 'in 3 h'],
  ])('is relative: %s', (at, text) => {
    expect(relativeText(at, now)).toBe(text);
  });

  it.each([
    ['2026-11-23T16:00:00Z', 'today, 16:00'],
    ['2026-11-24T09:05:00Z', 'tomorrow, 9:05'],
    ['2026-11-22T09:00:00Z', 'yesterday, 9:00'],
    ['2026-11-26T09:00:00Z', 'Thursday, 9:00'],
    ['2026-12-03T09:00:00Z', '3 December, 9:00'],
    ['2027-01-02T09:00:00Z', '2 January 2027, 9:00'],
  ])('names the day: %s', (at, text) => {
    expect(calendarText(Date.parse(at), now, 'UTC')).toBe(text);
  });

  it('counts days in the zone of the reader', () => {
    const lateEvening = Date.parse('2026-11-23T23:30:00Z');
    expect(calendarText(lateEvening, now, 'UTC')).toBe('today, 23:30');
    expect(calendarText(lateEvening, now, 'Europe/Berlin')).toBe('tomorrow, 0:30');
  });

  it('fits a narrow column', () => {
    expect(compactText(before('1 h'), now, 'UTC')).toBe('11:53:09');
    expect(compactText(before('2 d'), now, 'UTC')).toBe('Sat 12:53');
    expect(compactText(before('30 d'), now, 'UTC')).toBe('24 Oct');
  });
});

describe('a due date', () => {
  it('says how late or how soon', () => {
    expect(dueText(before('1 h'), now, 'UTC')).toBe('1 h late');
    expect(dueText(after('3 h'), now, 'UTC')).toBe('in 3 h');
    expect(dueText(after('2 d'), now, 'UTC')).toBe('Wed');
    expect(dueText(after('9 d'), now, 'UTC')).toBe('2 Dec');
  });

  it('stands under its heading', () => {
    expect(dueGroup(before('1 s'), now, 'UTC')).toBe('overdue');
    expect(dueGroup(after('3 h'), now, 'UTC')).toBe('today');
    expect(dueGroup(after('1 d'), now, 'UTC')).toBe('later');
    expect(dueGroup(null, now, 'UTC')).toBe('later');
  });
});

describe('spanText', () => {
  it.each([
    [12, '12 ms'],
    [1_400, '1.4 s'],
    [9_990, '9.9 s'],
    [42_000, '42 s'],
    [262_000, '4 min 22 s'],
    [3_600_000, '1 h'],
    [5_940_000, '1 h 39 min'],
    [248_400_000, '2 d 21 h'],
    [-5, '0 ms'],
  ])('writes %d ms in its two largest units', (span, text) => {
    expect(spanText(span)).toBe(text);
  });
});
