import { describe, expect, it } from 'vitest';
import { fieldId, remainingErrors, SERVER_ONLY, summaryTitle } from './errors';

const error = (path: string, message = 'Wrong', keyword = 'minLength') => ({ path, message, keyword });

describe('remainingErrors', () => {
  const shown = [error('/a'), error('/b'), error('/c', 'Taken', SERVER_ONLY)];
  const before = { a: 'x', b: 'y', c: 'z' };

  it('keeps the list as it is while nothing is put right', () => {
    const found = { ok: false as const, fieldErrors: [error('/a'), error('/b')] };
    expect(remainingErrors({ shown, found, before, now: before })).toBe(shown);
  });

  it('drops what is right now, updates what changed, and never adds', () => {
    const found = { ok: false as const, fieldErrors: [error('/a', 'Still too short'), error('/new')] };
    expect(remainingErrors({ shown, found, before, now: { ...before, b: 'yyy' } })).toEqual([
      error('/a', 'Still too short'),
      error('/c', 'Taken', SERVER_ONLY),
    ]);
  });

  it('drops an error of the server when its field changes', () => {
    const found = { ok: true as const, output: {} };
    expect(remainingErrors({ shown, found, before, now: { ...before, c: 'other' } })).toEqual([]);
  });
});

describe('fieldId', () => {
  it('is the id of the control', () => {
    expect(fieldId('answer', '/lines/0/text')).toBe('answer_lines_0_text');
    expect(fieldId('answer', '')).toBe('answer');
  });
});

describe('summaryTitle', () => {
  it('counts in words', () => {
    expect(summaryTitle(1)).toBe('One answer needs a change before this can go');
    expect(summaryTitle(2)).toBe('Two answers need a change before this can go');
    expect(summaryTitle(11)).toBe('11 answers need a change before this can go');
  });
});
