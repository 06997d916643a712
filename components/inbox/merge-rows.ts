/** Keeps a list still under the reader's eyes: rows stay where they are, new ones wait until they are asked for. */

export interface ShownRow<Row> {
  readonly row: Row;
  /** It is no longer in the list; it stays, dimmed, until the pointer leaves. */
  readonly isGone: boolean;
  /** It was not read with the others: how it stands now has to be asked. */
  readonly isUnsure: boolean;
}

export interface ListedRows<Row> {
  readonly shown: readonly ShownRow<Row>[];
  /** How many rows wait behind "3 new, show them". */
  readonly waiting: number;
  /** Where the next page begins; null: the list is shown to its end. */
  readonly next: string | null;
}

/** A page of the list as it was read, from the beginning unless it is appended. */
export interface ReadPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

type IdOf<Row> = (row: Row) => string;
const sure = <Row>(row: Row): ShownRow<Row> => ({ row, isGone: false, isUnsure: false });

/**
 * What to show after the first page was read again. Known rows keep their place and take their new content. An empty
 * list has nothing to keep still, so it takes everything at once. What moved up from behind the page is not new: it is
 * added at the end.
 * @param isHeld whether the pointer is over the list: then rows that left keep their place, too.
 */
export function mergeRows<Row>({
  before,
  page,
  idOf,
  isHeld,
}: {
  readonly before: ListedRows<Row>;
  readonly page: ReadPage<Row>;
  readonly idOf: IdOf<Row>;
  readonly isHeld: boolean;
}): ListedRows<Row> {
  if (before.shown.every((each) => each.isGone) && (!isHeld || before.shown.length === 0)) return takeAll(page);
  const byId = new Map(page.rows.map((row) => [idOf(row), row]));
  const reach = before.shown.findLastIndex(({ row }) => byId.has(idOf(row)));
  const kept = before.shown.flatMap((each, at): ShownRow<Row>[] => {
    const row = byId.get(idOf(each.row));
    if (row !== undefined) return [sure(row)];
    // Behind a page there is more: what stood behind all that is on it may have left, or may stand further down.
    if (page.next !== null && !each.isGone && at > reach) return [{ ...each, isUnsure: true }];
    return isHeld ? [{ ...each, isGone: true, isUnsure: false }] : [];
  });
  if (kept.length === 0) return takeAll(page);
  const known = new Set(kept.map(({ row }) => idOf(row)));
  const lastKnown = page.rows.findLastIndex((row) => known.has(idOf(row)));
  // Further pages are shown behind the first one.
  const reachesOn = kept.some(({ isUnsure }) => isUnsure);
  const movedUp = before.next !== null && !reachesOn && lastKnown >= 0 ? page.rows.slice(lastKnown + 1) : [];
  const shown = [...kept, ...movedUp.map(sure)];
  const waiting = page.rows.filter((row) => !known.has(idOf(row))).length - movedUp.length;
  return { shown, waiting, next: reachesOn ? before.next : page.next };
}

/** The list as it was read, nothing held back. */
export function takeAll<Row>(page: ReadPage<Row>): ListedRows<Row> {
  return { shown: page.rows.map(sure), waiting: 0, next: page.next };
}

/** A further page behind what is shown. */
export function appendRows<Row>(before: ListedRows<Row>, page: ReadPage<Row>, idOf: IdOf<Row>): ListedRows<Row> {
  const known = new Set(before.shown.map(({ row }) => idOf(row)));
  const rows = page.rows.filter((row) => !known.has(idOf(row)));
  return { ...before, shown: [...before.shown, ...rows.map(sure)], next: page.next };
}

/** How some of the rows stand now: those that were asked for and not found have left. */
export function updateRows<Row>({
  before,
  asked,
  found,
  idOf,
  isHeld,
}: {
  readonly before: ListedRows<Row>;
  readonly asked: ReadonlySet<string>;
  readonly found: readonly Row[];
  readonly idOf: IdOf<Row>;
  readonly isHeld: boolean;
}): ListedRows<Row> {
  const byId = new Map(found.map((row) => [idOf(row), row]));
  const shown = before.shown.flatMap((each): ShownRow<Row>[] => {
    if (!asked.has(idOf(each.row))) return [each];
    const row = byId.get(idOf(each.row));
    if (row !== undefined) return [sure(row)];
    return isHeld ? [{ ...each, isGone: true, isUnsure: false }] : [];
  });
  return { ...before, shown };
}

/** Once the pointer is elsewhere, what has left goes. */
export function dropGone<Row>(before: ListedRows<Row>, page: ReadPage<Row>): ListedRows<Row> {
  const shown = before.shown.filter(({ isGone }) => !isGone);
  return shown.length === 0 ? takeAll(page) : { ...before, shown };
}
