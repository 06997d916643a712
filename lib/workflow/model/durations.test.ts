import { describe, expect, it } from 'vitest';
import { durationMs, instantMs, storableInstant } from './durations';
import { InvalidInputError } from './errors';

describe('durations', () => {
  it.each([
    ['3 days', 259_200_000],
    ['1h 30m', 5_400_000],
    [250, 250],
    ['1000 weeks', 604_800_000_000],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([null, {}, undefined, true, Symbol('x')])('refuses %s with the call and the accepted forms', (given) => {
    const call = () => durationMs(given as string, 'sleep');
    expect(call).toThrow(InvalidInputError);
    expect(call).toThrow(/^sleep needs a duration, not .* "3 days" .* milliseconds\.$/);
  });

  it.each([Number.MAX_SAFE_INTEGER, 1e300, '99999999999 days', '1e9 days', Number.POSITIVE_INFINITY, -1, Number.NaN])(
    'refuses %s, which no log could keep',
    (duration) => {
      expect(() => durationMs(duration)).toThrow(InvalidInputError);
    },
  );

  it('refuses instants that have no year of four digits', () => {
    for (const ms of [8.64e15, -8.64e15, Number.NaN]) expect(() => storableInstant(ms)).toThrow(InvalidInputError);
    expect(storableInstant(Date.UTC(9999, 11, 31))).toBe(Date.UTC(9999, 11, 31));
    expect(() => instantMs('0050-01-01T00:00:00Z', 0)).toThrow(InvalidInputError);
  });
});
