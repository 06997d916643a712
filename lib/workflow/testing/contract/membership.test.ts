import { createMemoryMembership } from '../memory/membership';
import { MemoryTables } from '../memory/tables';
import { describeMembership } from './membershipContract';

describeMembership('memory', async () => {
  const tables = new MemoryTables({ nowMs: () => Date.now(), partitionCount: 64 });
  return {
    store: createMemoryMembership({ tables }),
    expireLease: async (workerId) => {
      const worker = tables.workers.get(workerId);
      if (worker) worker.leaseUntilMs = Date.now() - 1_000;
    },
    close: async () => undefined,
  };
});
