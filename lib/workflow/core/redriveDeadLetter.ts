/** A person lets something go on that was put aside. */
import { createTransactions, type Transactions } from '../persistence/transactions';
import { lockDeadLetter, markRedriven, sendAgain } from '../persistence/failures/deadLetters';
import { isUuid } from '../persistence/inbox';
import { DeadLetterNotFoundError, DeadLetterRedrivenError, ExecutionEndedError } from '../model/errors';
import type { DeadLetterKind } from '../model/ports/failures';
import { isEnded } from '../model/status';
import type { EngineDeps } from './engineDeps';

export interface RedriveRequest {
  readonly tenant: string;
  readonly deadLetterId: string;
  /** Who wants it; kept beside the dead letter. */
  readonly userId: string;
}

/**
 * An execution that is aside runs again, without strikes, when its owner sees this: within its next sweep. An event that
 * came too late is put into the inbox once more, which makes sense where its execution has been retried since.
 * @throws DeadLetterNotFoundError when the tenant has none such.
 * @throws DeadLetterRedrivenError when somebody was first.
 * @throws ExecutionEndedError when the execution has ended.
 */
export async function redriveDeadLetter(
  { sql, hints, live }: Pick<EngineDeps, 'sql' | 'hints' | 'live'>,
  request: RedriveRequest,
): Promise<{ readonly executionId: string; readonly kind: DeadLetterKind }> {
  const { tenant, deadLetterId, userId } = request;
  if (!isUuid(deadLetterId)) throw new DeadLetterNotFoundError(deadLetterId);
  const letter = await transactionsOver(sql).run({
    work: async (tx) => {
      const found = await lockDeadLetter(tx, { tenant, deadLetterId });
      if (!found) throw new DeadLetterNotFoundError(deadLetterId);
      if (found.redrivenAt) throw new DeadLetterRedrivenError(deadLetterId);
      if (isEnded(found.status)) throw new ExecutionEndedError(found.executionId, found.status);
      const { eventRowId } = found;
      if (eventRowId !== null) await sendAgain(tx, { ...found, eventRowId });
      await markRedriven(tx, { deadLetterId, userId, isSettled: eventRowId !== null });
      return found;
    },
  });
  const { executionId, partitionId, kind } = letter;
  await Promise.all([
    hints.publish({ hints: [{ partitionId, executionId }] }),
    live.publish({ changes: [{ tenant, topic: 'execution', id: executionId }] }),
  ]);
  return { executionId, kind };
}

const transactionsOf = new WeakMap<EngineDeps['sql'], Transactions>();

function transactionsOver(sql: EngineDeps['sql']): Transactions {
  const known = transactionsOf.get(sql);
  if (known) return known;
  const made = createTransactions({ sql, max: 2 });
  transactionsOf.set(sql, made);
  return made;
}
