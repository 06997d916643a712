import { describe, expect, it } from 'vitest';
import { drawnWhole, visibleRange } from './visible-range';

const rangeAt = (top: number, count = 10_000) => visibleRange({ count, rowHeight: 60, top, height: 900 });

describe('the rows of a long list that are drawn', () => {
  it('are all of a short one', () => {
    expect(rangeAt(-100_000, drawnWhole)).toEqual({ from: 0, to: drawnWhole });
  });

  it('are those in view and some around them, wherever it is scrolled to', () => {
    for (const first of [0, 1, 500, 5_000, 9_990]) {
      const { from, to } = rangeAt(-first * 60);
      expect(from).toBeLessThanOrEqual(first);
      expect(to).toBeGreaterThanOrEqual(Math.min(10_000, first + 15));
      expect(to - from).toBeLessThan(100);
    }
  });

  it('stay the same while one row is scrolled', () => {
    expect(rangeAt(-30_030)).toEqual(rangeAt(-30_059));
  });

  it('are none of a list that is far below or far above', () => {
    for (const top of [50_000, -5_000_000]) {
      const { from, to } = rangeAt(top);
      expect(to - from).toBe(0);
    }
  });
});
