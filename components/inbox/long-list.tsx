'use client';
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { drawnWhole, visibleRange, type Range } from './visible-range';

/**
 * A list of which only what is in view is drawn. All rows have the height of the first one; what is not drawn is empty
 * space of the same size, so that nothing moves. Readers of the page are told how long it is.
 */
export function LongList<Row>({
  rows,
  idOf,
  selectedId,
  isOpenEnded,
  onSee,
  children: draw,
}: {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** The row that is kept in view when it changes. */
  readonly selectedId: string | null;
  /** There are more than these. */
  readonly isOpenEnded: boolean;
  /** Told which rows are drawn. */
  readonly onSee: (ids: readonly string[]) => void;
  readonly children: (row: Row) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  const rowHeight = useRef(0);
  const count = rows.length;
  // The server knows no window: it draws the beginning.
  const [range, setRange] = useState<Range>({ from: 0, to: drawnWhole });
  const isLong = count > drawnWhole;
  const from = isLong ? Math.min(range.from, count) : 0;
  const to = isLong ? Math.min(range.to, count) : count;

  const measure = useEffectEvent(() => {
    const element = list.current;
    if (!element) return;
    const row = element.querySelector('li');
    if (row) rowHeight.current = row.getBoundingClientRect().height;
    const { top } = element.getBoundingClientRect();
    const next = visibleRange({ count, rowHeight: rowHeight.current, top, height: innerHeight });
    setRange((before) => (before.from === next.from && before.to === next.to ? before : next));
  });
  useLayoutEffect(() => measure(), [count]);
  useEffect(() => {
    if (!isLong) return;
    const listen = () => measure();
    // Whichever of its surroundings scrolls.
    document.addEventListener('scroll', listen, { capture: true, passive: true });
    addEventListener('resize', listen);
    return () => {
      document.removeEventListener('scroll', listen, { capture: true });
      removeEventListener('resize', listen);
    };
  }, [isLong]);
  // Through the style's own interface: the space of what is not drawn.
  useLayoutEffect(() => {
    if (!list.current) return;
    list.current.style.paddingTop = `${from * rowHeight.current}px`;
    list.current.style.paddingBottom = `${(count - to) * rowHeight.current}px`;
  }, [from, to, count]);

  const drawn = rows.slice(from, to);
  const seen = drawn.map(idOf).join(' ');
  const tell = useEffectEvent((ids: string) => onSee(ids === '' ? [] : ids.split(' ')));
  useEffect(() => tell(seen), [seen]);

  const selectedAt = selectedId === null ? -1 : rows.findIndex((row) => idOf(row) === selectedId);
  const reveal = useEffectEvent(() => {
    if (list.current && selectedAt >= 0) bringIntoView(list.current, selectedAt * rowHeight.current, rowHeight.current);
  });
  useEffect(() => reveal(), [selectedId]);

  return (
    <ul ref={list}>
      {drawn.map((row, index) => (
        <li
          key={idOf(row)}
          aria-setsize={isLong ? (isOpenEnded ? -1 : count) : undefined}
          aria-posinset={isLong ? from + index + 1 : undefined}
        >
          {draw(row)}
        </li>
      ))}
    </ul>
  );
}

/** Scrolls as little as possible until what stands so far down in the list is between what covers its edges. */
function bringIntoView(list: HTMLElement, offset: number, height: number): void {
  const pane = list.closest<HTMLElement>('.list');
  const isPane =
    pane !== null && pane.scrollHeight > pane.clientHeight + 1 && getComputedStyle(pane).overflowY !== 'visible';
  const scroller = isPane ? pane : document.documentElement;
  const frame = isPane ? pane.getBoundingClientRect() : { top: 0, bottom: innerHeight };
  const covered = pane?.querySelector('.tools')?.getBoundingClientRect();
  const top = list.getBoundingClientRect().top + offset;
  const upper = Math.max(frame.top, covered && covered.top <= frame.top + 60 ? covered.bottom : frame.top) + 8;
  const lower = frame.bottom - 8;
  if (top < upper) scroller.scrollBy({ top: top - upper });
  else if (top + height > lower) scroller.scrollBy({ top: top + height - lower });
}
