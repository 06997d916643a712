/** Keeps a list still under the reader's eyes: rows stay where they are, new ones wait until they are asked for. */

export interface ShownRow<Row> {
  readonly row: Row;
  /** It is no longer in the list; it stays, dimmed, until the pointer leaves. */
  readonly isGone: boolean;
}

export interface MergedRows<Row> {
  readonly shown: readonly ShownRow<Row>[];
  /** How many rows wait behind "3 new, show them". */
  readonly waiting: number;
}

/**
 * What to show after the list was read again. Known rows keep their place and take their new content. An empty list
 * has nothing to keep still, so it takes everything at once.
 * @param isHeld whether the pointer is over the list: then rows that left keep their place, too.
 */
export function mergeRows<Row>({
  before,
  rows,
  idOf,
  isHeld,
}: {
  readonly before: readonly ShownRow<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly isHeld: boolean;
}): MergedRows<Row> {
  if (before.every((shown) => shown.isGone) && !isHeld) return takeAll(rows);
  if (before.length === 0) return takeAll(rows);
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const shown = before.flatMap((kept): ShownRow<Row>[] => {
    const row = byId.get(idOf(kept.row));
    if (row !== undefined) return [{ row, isGone: false }];
    return isHeld ? [{ row: kept.row, isGone: true }] : [];
  });
  const known = new Set(shown.map((kept) => idOf(kept.row)));
  const waiting = rows.filter((row) => !known.has(idOf(row))).length;
  return shown.length === 0 ? takeAll(rows) : { shown, waiting };
}

/** The list as it was read, nothing held back. */
export function takeAll<Row>(rows: readonly Row[]): MergedRows<Row> {
  return { shown: rows.map((row) => ({ row, isGone: false })), waiting: 0 };
}
