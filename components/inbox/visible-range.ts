/** Which rows of a long list are drawn: those in view and some around them. */

export interface Range {
  readonly from: number;
  /** The first one after. */
  readonly to: number;
}

/** Lists up to this length are drawn as a whole. */
export const drawnWhole = 60;
/** Rows drawn beyond both edges, so that a turn of the wheel and a step of the focus find them there. */
const margin = 20;
/** Ranges begin and end at multiples of this, so that not each pixel of scrolling draws anew. */
const step = 10;

/**
 * @param top where the list begins, in pixels from the top of what is seen; negative once it is scrolled.
 * @param height of what is seen.
 */
export function visibleRange({
  count,
  rowHeight,
  top,
  height,
}: {
  readonly count: number;
  readonly rowHeight: number;
  readonly top: number;
  readonly height: number;
}): Range {
  if (count <= drawnWhole || rowHeight <= 0) return { from: 0, to: count };
  const first = Math.floor(-top / rowHeight) - margin;
  const last = Math.ceil((height - top) / rowHeight) + margin;
  const from = Math.min(Math.max(0, Math.floor(first / step) * step), count);
  const to = Math.min(Math.max(from, Math.ceil(last / step) * step), count);
  return { from, to };
}
