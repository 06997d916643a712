import { v7 as newId } from 'uuid';
import { ExecutionNotFoundError, InvalidInputError } from '../model/errors';
import { planFork, type OpenChildrenPolicy } from '../model/forks';
import { partitionFor } from '../model/partitions';
import { assertStorable } from '../model/storable';
import { insertFork, readForkSource } from '../persistence/forks';
import { isUuid } from '../persistence/inbox';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';

export interface ForkInput {
  readonly executionId: string;
  readonly tenant: string;
  /** The last entry of the log that the fork begins with, from 1. */
  readonly from: number;
  /** Who forks; absent for the system. */
  readonly userId?: string | null;
  /** Kept in the fork's log, for people. */
  readonly reason?: string | null;
  /**
   * When children had not ended at that entry: `refuse` (the default), or `detach`: they stay with the source, and the
   * fork's code gets a `ChildFailedError` with code `child_detached` for them.
   */
  readonly openChildren?: OpenChildrenPolicy;
}

/** The largest number that a place in a log can have. */
const maxSeq = 2 ** 31 - 1;

/**
 * Starts a new execution that begins with the entries 1 to n of another one's log and goes on by itself: code from
 * there on runs anew, under idempotency keys of its own. What was open at entry n is open in the fork too. The source,
 * whatever its status, is left as it is. Answers once the fork is committed.
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 * @throws EntryNotFoundError when its log has no such entry.
 * @throws ForkAtEndError when the entry is an end.
 * @throws OpenChildrenError when children had not ended there.
 */
export async function forkExecution(deps: EngineDeps, input: ForkInput): Promise<{ readonly executionId: string }> {
  const { executionId, tenant, from: atSeq, userId: forkedBy = null, reason = null, openChildren = 'refuse' } = input;
  assertStorable({ reason }, 'The reason of a fork');
  if (!Number.isInteger(atSeq) || atSeq < 1 || atSeq > maxSeq) {
    throw new InvalidInputError('Name the entry to fork from by its number in the log, from 1.');
  }
  const source = isUuid(executionId) ? await readForkSource(deps.sql, { tenant, executionId, atSeq }) : null;
  if (!source) throw new ExecutionNotFoundError(executionId);
  const plan = planFork({ executionId, ...source, atSeq, reason, openChildren });
  const forkId = newId();
  const partitionId = partitionFor(tenant, forkId);
  await insertFork(deps.sql, { tenant, executionId, atSeq, forkId, partitionId, forkedBy, plan });
  deps.metrics.count({ counter: instruments.executionsStarted });
  const ids = [forkId, executionId];
  await Promise.all([
    deps.hints.publish({ hints: [{ partitionId, executionId: forkId }] }),
    deps.live.publish({ changes: ids.map((id) => ({ tenant, topic: 'execution' as const, id })) }),
  ]);
  return { executionId: forkId };
}
