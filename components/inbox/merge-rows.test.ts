import { describe, expect, it } from 'vitest';
import { appendRows, dropGone, mergeRows, takeAll, updateRows, type ListedRows } from './merge-rows';

interface Row {
  readonly id: string;
  readonly text?: string;
}
const idOf = (row: Row) => row.id;
const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id }));
const page = (ids: string, next: string | null = null) => ({ rows: rows(...ids.split(' ').filter(Boolean)), next });
const ids = ({ shown }: ListedRows<Row>) => shown.map(({ row }) => row.id).join(' ');
const merge = (before: ListedRows<Row>, ...[read, next]: Parameters<typeof page>) =>
  mergeRows({ before, page: page(read, next), idOf, isHeld: false });

describe('a list that is read again', () => {
  it('keeps new rows back and counts them', () => {
    const merged = merge(takeAll(page('a b')), 'new a b');
    expect([ids(merged), merged.waiting]).toEqual(['a b', 1]);
  });

  it('shows everything at once where nothing was shown', () => {
    const merged = merge(takeAll(page('')), 'a b');
    expect([ids(merged), merged.waiting]).toEqual(['a b', 0]);
  });

  it('drops a row that left while the pointer is elsewhere', () => {
    expect(ids(merge(takeAll(page('a b')), 'b'))).toBe('b');
  });

  it('leaves a row that left in its place while the pointer is over the list, and drops it afterwards', () => {
    const merged = mergeRows({ before: takeAll(page('a b')), page: page('b'), idOf, isHeld: true });
    expect(merged.shown.map(({ row, isGone }) => [row.id, isGone])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(ids(dropGone(merged, page('b')))).toBe('b');
  });

  it('takes the new content of a row that stays, in its old place', () => {
    const read = { rows: [{ id: 'b', text: 'changed' }, { id: 'a' }], next: null };
    const merged = mergeRows({ before: takeAll(page('a b')), page: read, idOf, isHeld: false });
    expect(merged.shown.map(({ row }) => row)).toEqual([{ id: 'a' }, { id: 'b', text: 'changed' }]);
  });

  it('takes the new list once every shown row has left', () => {
    expect(ids(merge(takeAll(page('a')), 'c'))).toBe('c');
  });
});

describe('a list of several pages', () => {
  it('does not call new what moved up from the next page', () => {
    const merged = merge(takeAll(page('a b', 'b')), 'b c', 'c');
    expect([ids(merged), merged.waiting, merged.next]).toEqual(['b c', 0, 'c']);
  });

  it('grows by further pages, each row once', () => {
    const grown = appendRows(takeAll(page('a b', 'b')), page('b c d', 'd'), idOf);
    expect([ids(grown), grown.next]).toEqual(['a b c d', 'd']);
  });

  it('keeps what is not on the first page until it was asked about, and then drops what has left', () => {
    const grown = appendRows(takeAll(page('a b', 'b')), page('c d', 'd'), idOf);
    const merged = merge(grown, 'new a', 'a');
    expect([ids(merged), merged.waiting, merged.next]).toEqual(['a b c d', 1, 'd']);
    expect(merged.shown.filter(({ isUnsure }) => isUnsure).map(({ row }) => row.id)).toEqual(['b', 'c', 'd']);
    const update = { before: merged, asked: new Set(['b', 'c']), found: rows('c'), idOf };
    const updated = updateRows({ ...update, isHeld: false });
    expect(ids(updated)).toBe('a c d');
    expect(updated.shown.filter(({ isUnsure }) => isUnsure).map(({ row }) => row.id)).toEqual(['d']);
    const held = updateRows({ ...update, isHeld: true });
    expect(held.shown.filter(({ isGone }) => isGone).map(({ row }) => row.id)).toEqual(['b']);
  });

  it('knows what has left where all of it was read', () => {
    const grown = appendRows(takeAll(page('a b', 'b')), page('c d'), idOf);
    expect(ids(merge(grown, 'a d'))).toBe('a d');
  });
});
