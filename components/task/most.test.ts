import { describe, expect, it } from 'vitest';
import { isTooLarge } from './most';

describe('an answer', () => {
  it('is too large from what a request cannot carry, whatever its letters', () => {
    expect(isTooLarge({ notes: 'x'.repeat(900_000) })).toBe(false);
    expect(isTooLarge({ notes: 'x'.repeat(1_000_001) })).toBe(true);
    expect(isTooLarge({ notes: 'ü'.repeat(600_000) })).toBe(true);
  });
});
