import { describe, expect, it } from 'vitest';
import { beginsFirst, fits } from './match-commands';

describe('what somebody typed', () => {
  it.each([
    ['', 'Claim'],
    ['cl', 'Claim'],
    ['fi ov', 'Filter: due: overdue'],
    ['ov fi', 'Filter: due: overdue'],
    ['my gr', 'Go to My groups'],
    ['übe', 'Prüfung an Über'],
    ['…', 'Assign…'],
  ])('%j fits %j', (typed, text) => {
    expect(fits(typed, text)).toBe(true);
  });

  it.each([
    ['laim', 'Claim'],
    ['claim it', 'Claim'],
    ['x', 'Assign…'],
  ])('%j does not fit %j', (typed, text) => {
    expect(fits(typed, text)).toBe(false);
  });

  it('puts what begins with it before what has it somewhere, and keeps the order else', () => {
    const offered = ['Undo: Approve invoice 7 is yours', 'Ask a question…', 'Approve', 'Approve all'];
    const order = beginsFirst(
      'appr',
      offered.map((words) => ({ words })),
    );
    expect(order.map(({ words }) => words)).toEqual([
      'Approve',
      'Approve all',
      'Undo: Approve invoice 7 is yours',
      'Ask a question…',
    ]);
    expect(
      beginsFirst(
        '',
        offered.map((words) => ({ words })),
      ).map(({ words }) => words),
    ).toEqual(offered);
  });
});
