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
  const free = (): number[] =>
    [...tables.partitions].flatMap(([partition, owner]) => (owner === null ? [partition] : []));
  const giveUp = (partitions: readonly number[], workerId: string, isUnclean: boolean): void => {
    for (const partition of partitions) {
      if (tables.partitions.get(partition) !== workerId) continue;
      tables.partitions.set(partition, null);
      if (isUnclean) tables.unclean.add(partition);
      else tables.unclean.delete(partition);
    }
  };
  const isExpired = (worker: WorkerTableRow): boolean => worker.leaseUntilMs !== null && worker.leaseUntilMs < nowMs();

  return {
    register: ({ workerId }, leaseMs) =>
      transport('register', () => {
        if (tables.workers.has(workerId)) throw new Error(`Worker ${workerId} exists.`);
        tables.workers.set(workerId, { workerId, fencedAtMs: null, leaseUntilMs: nowMs() + leaseMs });
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
        const live = [...tables.workers.values()].filter(
          (worker) => worker.fencedAtMs === null && worker.leaseUntilMs !== null && !isExpired(worker),
        );
        return {
          liveWorkers: live.length,
          owned: owned(workerId),
          free: free().length,
          total: tables.partitions.size,
        };
      }),

    acquire: ({ workerId, count }) =>
      transport('acquire', () => {
        if (tables.isFenced(workerId)) return [];
        const acquired = free().slice(0, count);
        for (const partition of acquired) tables.partitions.set(partition, workerId);
        return acquired;
      }),

    release: ({ workerId, partitions }) => transport('release', () => giveUp(partitions, workerId, false)),

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
