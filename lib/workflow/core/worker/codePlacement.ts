/**
 * Where partitions go whose owner lacks the code of some of their executions: to live workers that have it. Nothing
 * moves that no live worker could serve better.
 */
import type { MembershipStore } from '../../model/ports/membership';
import type { Misplaced } from '../engine/deferrals';

export type Host = Awaited<ReturnType<MembershipStore['workersWithCode']>>[number];

/**
 * @param own what the present owner has code for: of hosts that have what is missing, one that has this too is better,
 * since then nothing of the partition waits anew.
 * @returns partitions by the worker they shall go to.
 */
export function placePartitions({
  misplaced,
  hosts,
  own,
  limit,
}: {
  readonly misplaced: readonly Misplaced[];
  readonly hosts: readonly Host[];
  readonly own: readonly string[];
  /** Partitions that move in one go. */
  readonly limit: number;
}): ReadonlyMap<string, readonly number[]> {
  const candidates = hosts.map(({ workerId, definitions, partitions }) => ({
    workerId,
    code: new Set(definitions),
    hasOurs: own.every((code) => definitions.includes(code)),
    load: partitions,
    given: [] as number[],
  }));
  let moved = 0;
  for (const { partitionId, missing } of misplaced) {
    if (moved >= limit) break;
    const served = (host: (typeof candidates)[number]) => missing.filter((code) => host.code.has(code)).length;
    const [best] = candidates
      .filter((host) => served(host) > 0)
      .sort(
        (a, b) =>
          served(b) - served(a) ||
          Number(b.hasOurs) - Number(a.hasOurs) ||
          a.load - b.load ||
          (a.workerId < b.workerId ? -1 : 1),
      );
    if (!best) continue;
    best.given.push(partitionId);
    best.load += 1;
    moved += 1;
  }
  return new Map(candidates.flatMap(({ workerId, given }) => (given.length > 0 ? [[workerId, given]] : [])));
}
