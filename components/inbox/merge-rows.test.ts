import { describe, expect, it } from 'vitest';
import { mergeRows, takeAll } from './merge-rows';

interface Row {
  readonly id: string;
  readonly text?: string;
}
const idOf = (row: Row) => row.id;
const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id }));
const ids = (merged: ReturnType<typeof mergeRows<Row>>) => merged.shown.map((shown) => shown.row.id);

describe('mergeRows', () => {
  it('keeps new rows back and counts them', () => {
    const merged = mergeRows({
      before: takeAll(rows('a', 'b')).shown,
      rows: rows('new', 'a', 'b'),
      idOf,
      isHeld: false,
    });
    expect(ids(merged)).toEqual(['a', 'b']);
    expect(merged.waiting).toBe(1);
  });

  it('shows everything at once where nothing was shown', () => {
    const merged = mergeRows({ before: [], rows: rows('a', 'b'), idOf, isHeld: false });
    expect(ids(merged)).toEqual(['a', 'b']);
    expect(merged.waiting).toBe(0);
  });

  it('drops a row that left while the pointer is elsewhere', () => {
    expect(ids(mergeRows({ before: takeAll(rows('a', 'b')).shown, rows: rows('b'), idOf, isHeld: false }))).toEqual([
      'b',
    ]);
  });

  it('leaves a row that left in its place while the pointer is over the list', () => {
    const merged = mergeRows({ before: takeAll(rows('a', 'b')).shown, rows: rows('b'), idOf, isHeld: true });
    expect(merged.shown.map((shown) => [shown.row.id, shown.isGone])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('takes the new content of a row that stays, in its old place', () => {
    const merged = mergeRows({
      before: takeAll(rows('a', 'b')).shown,
      rows: [{ id: 'b', text: 'changed' }, { id: 'a' }],
      idOf,
      isHeld: false,
    });
    expect(merged.shown.map((shown) => shown.row)).toEqual([{ id: 'a' }, { id: 'b', text: 'changed' }]);
  });

  it('takes the new list once every shown row has left', () => {
    expect(ids(mergeRows({ before: takeAll(rows('a')).shown, rows: rows('c'), idOf, isHeld: false }))).toEqual(['c']);
  });
});
