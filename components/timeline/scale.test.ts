import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleOf } from './scale';

const hour = 3_600_000;

describe('scaleOf', () => {
  it('cuts out a long wait and leaves room for the steps around it', () => {
    const scale = scaleOf([0, 300, 340, 340 + 3 * hour, 340 + 3 * hour + 200]);
    expect(scale.cuts).toHaveLength(1);
    expect(scale.cuts[0]?.ms).toBe(3 * hour);
    expect(scale.x(340)).toBeGreaterThan(20);
    expect(scale.x(340 + 3 * hour + 200) - scale.x(340 + 3 * hour)).toBeGreaterThan(10);
  });

  it('cuts out two long waits of much the same length', () => {
    const scale = scaleOf([0, 300, 300 + 2 * hour, 600 + 2 * hour, 600 + 4 * hour, 900 + 4 * hour]);
    expect(scale.cuts).toHaveLength(2);
  });

  it('cuts out nothing where steps are of comparable length', () => {
    expect(scaleOf([0, 20_000, 50_000, 70_000]).cuts).toEqual([]);
    expect(scaleOf([0, 5, 9000]).cuts).toEqual([]);
  });

  it('has a place for a single instant and for none', () => {
    expect(scaleOf([5]).x(5)).toBe(0);
    expect(scaleOf([]).x(5)).toBe(0);
  });

  it('never runs backwards and stays within the picture', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10 * hour), { minLength: 2, maxLength: 40 }), (instants) => {
        const { x, cuts } = scaleOf(instants);
        const places = [...instants].sort((a, b) => a - b).map(x);
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(places[index - 1] ?? 0);
          expect(place).toBeLessThanOrEqual(98.6);
        }
        expect(cuts.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
