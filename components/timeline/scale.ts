/**
 * From instants to places on the timeline, in percent. Long idle times are cut out; what is left is drawn by the square
 * root of its length, so that a step of milliseconds stays visible beside one of minutes.
 */

export interface Cut {
  /** Where the cut lies, in percent. */
  readonly from: number;
  readonly to: number;
  /** How long the time is that was cut out, in milliseconds. */
  readonly ms: number;
}

export interface Scale {
  readonly x: (atMs: number) => number;
  readonly cuts: readonly Cut[];
}

/** Part of the width that one cut takes with its two shoulders, by the number of cuts: long waits matter to people. */
const cutShares = [0, 44, 29, 22] as const;
/** Of a cut's width, how much on each side still shows what goes on. */
const shoulder = 0.4;
const maxCuts = 3;
/** Shorter times are never idle. */
const minIdleMs = 10_000;
/** A gap is idle when it is this many times as long as all gaps that stay. */
const idleFactor = 3;
/** The last part stays free, so that the present does not stick to the edge. */
const end = 98.5;

/** @param instants all moments that matter, in any order: begins and ends, entries, the present. */
export function scaleOf(instants: readonly number[]): Scale {
  const points = [...new Set(instants)].sort((a, b) => a - b);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return { x: () => 0, cuts: [] };
  const gaps = points.slice(1).map((point, index) => point - (points[index] ?? point));
  const idle = idleGaps(gaps);
  const shares = sharesOf(gaps, idle);
  const places = [0];
  for (const share of shares) places.push((places.at(-1) ?? 0) + share);
  const cuts = gaps.flatMap((ms, index): Cut[] => {
    if (!idle.has(index)) return [];
    const from = places[index] ?? 0;
    const width = shares[index] ?? 0;
    return [{ from: from + width * shoulder, to: from + width * (1 - shoulder), ms }];
  });
  return { cuts, x: (atMs) => placeOf(atMs, points, places) };
}

/** The longest gaps, as many as each outweigh by far all that stays: two waits of much the same length go together. */
function idleGaps(gaps: readonly number[]): ReadonlySet<number> {
  const byLength = gaps.map((ms, index) => ({ ms, index })).sort((a, b) => b.ms - a.ms);
  let rest = gaps.reduce((sum, ms) => sum + ms, 0);
  let idle = 0;
  for (const [taken, { ms }] of byLength.slice(0, maxCuts).entries()) {
    rest -= ms;
    if (ms >= minIdleMs && rest > 0 && ms >= rest * idleFactor) idle = taken + 1;
  }
  return new Set(byLength.slice(0, idle).map((gap) => gap.index));
}

function sharesOf(gaps: readonly number[], idle: ReadonlySet<number>): readonly number[] {
  const weights = gaps.map((ms) => Math.sqrt(ms));
  const busy = weights.reduce((sum, weight, index) => (idle.has(index) ? sum : sum + weight), 0);
  const cutWidth = cutShares[idle.size] ?? 0;
  const left = end - idle.size * cutWidth;
  return weights.map((weight, index) => (idle.has(index) ? cutWidth : (weight / busy) * left));
}

function placeOf(atMs: number, points: readonly number[], places: readonly number[]): number {
  let low = 0;
  let high = points.length - 1;
  if (atMs <= (points[low] ?? 0)) return places[low] ?? 0;
  if (atMs >= (points[high] ?? 0)) return places[high] ?? end;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? 0) <= atMs) low = middle;
    else high = middle;
  }
  const from = points[low] ?? 0;
  const to = points[high] ?? from;
  const part = to === from ? 0 : (atMs - from) / (to - from);
  return (places[low] ?? 0) + part * ((places[high] ?? 0) - (places[low] ?? 0));
}
