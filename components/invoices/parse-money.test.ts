import { describe, expect, it } from 'vitest';
import { parseCount, parseMoney } from './parse-money';

describe('parseMoney', () => {
  it.each([
    ['12', 1200],
    ['12.5', 1250],
    ['12.50', 1250],
    ['12,50', 1250],
    ['1,200', 120000],
    ['1,200.50', 120050],
    ['1.200,50', 120050],
    ['€1 200', 120000],
    ['0', 0],
  ])('reads %s', (text, cents) => {
    expect(parseMoney(text)).toBe(cents);
  });

  it.each(['', 'abc', '12.345', '-5', '1,20,0', '1e3', '99999999999999999999'])('refuses %j', (text) => {
    expect(parseMoney(text)).toBeNull();
  });
});

describe('parseCount', () => {
  it('reads whole numbers and nothing else', () => {
    expect(parseCount('12')).toBe(12);
    expect(parseCount('2,000')).toBe(2000);
    expect(parseCount('1.5')).toBeNull();
    expect(parseCount('')).toBeNull();
    expect(parseCount('-1')).toBeNull();
  });
});
