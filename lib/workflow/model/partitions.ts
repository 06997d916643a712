import { hashText } from './hash';

/** How many partitions a database has; fixed when it is created. */
export const partitionCount = 64;

/**
 * The partition of a new execution. Computed once, at its start; whoever sends to it copies the number.
 * @param key the execution id, or name and key of a workflow that is started once per key.
 */
export function partitionFor(tenant: string, key: string, partitions: number = partitionCount): number {
  return parseInt(hashText(`${tenant}\u0000${key}`).slice(0, 8), 16) % partitions;
}

/** What the partition of a workflow with a key is made of: all its executions must meet in one unique index. */
export function keyedPartition(workflowName: string, workflowKey: string): string {
  return `${workflowName}\u0000${workflowKey}`;
}
