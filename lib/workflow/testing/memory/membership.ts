import type { MembershipStore } from '../../model/ports/membership';
import { forgive, strike } from './failures';
import { atOnce, type MemoryTables, type Transport, type WorkerTableRow } from './tables';

/** Ownership in memory. A takeover is one instant: what was written before it stays, nothing is written after it. */
export function createMemoryMembership(options: {
  readonly tables: MemoryTables;
  readonly transport?: Transport;
}): MembershipStore {
  const { tables, transport = atOnce } = options;
  const nowMs = () => tables.nowMs();
  const owned = (workerId: string): number[] =>
    [...tables.partitions].flatMap(([partition, owner]) => (owner === workerId ? [partition] : []));
  const offerOf = (partition: number) => {
    const offer = tables.offers.get(partition);
    return offer && offer.untilMs >= nowMs() ? offer.workerId : null;
  };
  /** Not owned, and not offered to another worker. */
  const free = (workerId: string): number[] =>
    [...tables.partitions].flatMap(([partition, owner]) => {
      const offeredTo = offerOf(partition);
      return owner === null && (offeredTo === null || offeredTo === workerId) ? [partition] : [];
    });
  const own = (workerId: string, partitions: readonly number[]): readonly number[] => {
    for (const partition of partitions) {
      tables.partitions.set(partition, workerId);
      tables.offers.delete(partition);
    }
    return partitions;
  };
  const giveUp = (partitions: readonly number[], workerId: string, isUnclean: boolean): void => {
    for (const partition of partitions) {
      if (tables.partitions.get(partition) !== workerId) continue;
      tables.partitions.set(partition, null);
      if (isUnclean) tables.unclean.add(partition);
      else tables.unclean.delete(partition);
    }
  };
  const isExpired = (worker: WorkerTableRow): boolean => worker.leaseUntilMs !== null && worker.leaseUntilMs < nowMs();
  const live = (): WorkerTableRow[] =>
    [...tables.workers.values()].filter(
      (worker) => worker.fencedAtMs === null && worker.leaseUntilMs !== null && !isExpired(worker),
    );

  return {
    register: ({ workerId, definitions = [] }, leaseMs) =>
      transport('register', () => {
        if (tables.workers.has(workerId)) throw new Error(`Worker ${workerId} exists.`);
        tables.workers.set(workerId, { workerId, definitions, fencedAtMs: null, leaseUntilMs: nowMs() + leaseMs });
      }),

    heartbeat: ({ workerId, leaseMs }) =>
      transport('heartbeat', () => {
        const worker = tables.workers.get(workerId);
        if (!worker || worker.fencedAtMs !== null || worker.leaseUntilMs === null) return false;
        worker.leaseUntilMs = nowMs() + leaseMs;
        return true;
      }),

    fenceExpired: ({ knownDead }) =>
      transport('fenceExpired', () => {
        const lost = [...tables.workers.values()].filter(
          (worker) =>
            worker.fencedAtMs === null &&
            worker.leaseUntilMs !== null &&
            (isExpired(worker) || worker.workerId === knownDead),
        );
        for (const worker of lost) {
          worker.fencedAtMs = nowMs();
          giveUp(owned(worker.workerId), worker.workerId, true);
          strike(tables, worker.workerId);
        }
        return lost.map((worker) => worker.workerId);
      }),

    survey: ({ workerId }) =>
      transport('survey', () => {
        const mine = free(workerId);
        return {
          liveWorkers: live().length,
          owned: owned(workerId),
          free: mine.length,
          offered: mine.filter((partition) => offerOf(partition) === workerId).length,
          total: tables.partitions.size,
        };
      }),

    acquire: ({ workerId, count }) =>
      transport('acquire', () => {
        if (tables.isFenced(workerId)) return [];
        return own(workerId, free(workerId).slice(0, count));
      }),

    accept: ({ workerId }) =>
      transport('accept', () => {
        if (tables.isFenced(workerId)) return [];
        return own(
          workerId,
          free(workerId).filter((partition) => offerOf(partition) === workerId),
        );
      }),

    release: ({ workerId, partitions, offer }) =>
      transport('release', () => {
        const leaving = partitions.filter((partition) => tables.partitions.get(partition) === workerId);
        giveUp(leaving, workerId, false);
        for (const partition of leaving) {
          if (offer) tables.offers.set(partition, { workerId: offer.workerId, untilMs: nowMs() + offer.forMs });
          else tables.offers.delete(partition);
        }
      }),

    workersWithCode: ({ workerId, definitions }) =>
      transport('workersWithCode', () =>
        live()
          .filter((each) => each.workerId !== workerId && each.definitions.some((code) => definitions.includes(code)))
          .map((each) => ({ ...each, partitions: owned(each.workerId).length }))
          .map(({ workerId: id, definitions: code, partitions }) => ({ workerId: id, definitions: code, partitions })),
      ),

    retire: ({ workerId }) =>
      transport('retire', () => {
        const worker = tables.workers.get(workerId);
        if (!worker) return;
        worker.fencedAtMs ??= nowMs();
        worker.leaseUntilMs = null;
        giveUp(owned(workerId), workerId, false);
        forgive(tables, workerId);
      }),
  };
}
