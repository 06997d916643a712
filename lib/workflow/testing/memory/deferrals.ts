import type { DeferralStore } from '../../model/ports/deferrals';
import { isEnded } from '../../model/status';
import type { ExecutionTableRow, MemoryTables, Transport } from './tables';

export function createMemoryDeferrals({
  tables,
  transport,
}: {
  readonly tables: MemoryTables;
  readonly transport: Transport;
}): DeferralStore {
  return {
    defer: ({ workerId, deferrals }) =>
      transport('defer', () => {
        if (tables.isFenced(workerId)) return;
        for (const { executionId, retryAfterMs } of deferrals) {
          const row = tables.executions.get(executionId);
          if (!row) continue;
          row.deferral = {
            workerId,
            attempts: (row.deferral?.attempts ?? 0) + 1,
            nextAtMs: tables.nowMs() + retryAfterMs,
          };
        }
      }),

    findDeferred: ({ partitions }) =>
      transport('findDeferred', () =>
        [...tables.executions.values()]
          .filter((row) => row.deferral !== null && partitions.includes(row.partitionId))
          .map(({ executionId, partitionId, workflowName, workflowVersion, status }) => {
            return { executionId, partitionId, workflowName, workflowVersion, isEnded: isEnded(status) };
          }),
      ),

    resolveDeferrals: ({ workerId, executions }) =>
      transport('resolveDeferrals', () => {
        if (tables.isFenced(workerId)) return;
        for (const { executionId } of executions) {
          const row = tables.executions.get(executionId);
          if (row) row.deferral = null;
        }
      }),
  };
}

export function isDeferredBy({ deferral }: ExecutionTableRow, workerId: string, nowMs: number): boolean {
  return deferral !== null && deferral.workerId === workerId && deferral.nextAtMs > nowMs;
}
