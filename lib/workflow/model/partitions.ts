import { hashText } from './hash';

/** How many partitions a database has; fixed when it is created. */
export const partitionCount = 64;

/**
 * The partition of a new execution. Computed once, at its start; whoever sends to it copies the number.
 * @param key the execution id, or name and key of a workflow that is started once per key.
 */
export function partitionFor(tenant: string, key: string): number {
  return parseInt(hashText(`${tenant}\u0000${key}`).slice(0, 8), 16) % partitionCount;
}
