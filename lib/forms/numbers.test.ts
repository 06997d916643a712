import { describe, expect, it } from 'vitest';
import { formatNumber, isMultipleOf, parseNumber } from './numbers';

describe('parseNumber', () => {
  it.each([
    ['12', 12],
    ['12.50', 12.5],
    ['1,5', 1.5],
    ['8,420.00', 8420],
    ['8.420,00', 8420],
    ['1,234', 1234],
    ['0,125', 0.125],
    ['-0,500', -0.5],
    ['1.234', 1.234],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['1 234,5', 1234.5],
    ['€ 12', 12],
    ['-3', -3],
    ['.5', 0.5],
    ['5.', 5],
  ])('reads %s as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('reads no number that would be rounded', () => {
    expect(parseNumber('9007199254740991')).toBe(9007199254740991);
    for (const text of ['9007199254740993', '12345678901234567890', '-12,345,678,901,234,567,890']) {
      expect(parseNumber(text)).toBeUndefined();
    }
  });

  it.each(['', 'about 12', '12 kg', '1-2', '1,23,4', '1.2.3', '--1', '-', '.', '1e5', 'Infinity'])(
    'does not read %j as a number',
    (text) => {
      expect(parseNumber(text)).toBeUndefined();
    },
  );
});

describe('isMultipleOf', () => {
  it.each([
    [19.99, 0.01, true],
    [0.29, 0.01, true],
    [1.005, 0.01, false],
    [1e-9, 1, false],
    [1e21, 0.5, true],
    [-4.5, 1.5, true],
    [0, 3, true],
    [1, 0, false],
  ])('of %d and %d is %s', (value, divisor, isMultiple) => {
    expect(isMultipleOf(value, divisor)).toBe(isMultiple);
  });
});

describe('formatNumber', () => {
  it('writes amounts with their currency and other numbers plainly', () => {
    expect(formatNumber(8420, 'EUR')).toBe('€8,420.00');
    expect(formatNumber(1234.5)).toBe('1,234.5');
    expect(formatNumber(5, 'not a currency')).toBe('5');
  });
});
