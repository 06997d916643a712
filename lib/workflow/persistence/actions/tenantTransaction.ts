/**
 * One transaction of a database action. The handler's statements run as the tenant's role under row-level security;
 * then the role is put back and `finish` records the result, as the last thing before the commit.
 */
import type { Sql } from 'postgres';
import type {
  IsolationLevel,
  OpenTransaction,
  StatementResult,
  TransactionOutcome,
  TransactionWork,
} from '../../model/ports/actionStores';
import { ConnectionLostError, type Transactions } from '../transactions';

export interface Done {
  readonly resultText: string;
  readonly completedAtMs: number;
}
export type Verdict = 'recorded' | 'already_recorded' | 'ownership_lost';

/** Never rejects: whatever happens is an outcome, and only `committed` and a lost commit leave anything behind. */
export async function runTenantTransaction({
  transactions,
  isolationLevel,
  tenant,
  work,
  finish,
}: {
  readonly transactions: Transactions;
  readonly isolationLevel: IsolationLevel;
  readonly tenant: string;
  readonly work: TransactionWork;
  /** Anything but `recorded` rolls back. */
  readonly finish: (transaction: Sql, done: Done) => Promise<Verdict>;
}): Promise<TransactionOutcome> {
  let statementError: Error | null = null;
  try {
    const done = await transactions.run({
      isolationLevel,
      work: async (transaction) => {
        await transaction`SELECT set_config('role', 'baton_tenant', true), set_config('baton.tenant', ${tenant}, true)`;
        const open = openFor(transaction, (error) => (statementError ??= error));
        const result = await work(open.port).finally(open.close);
        // A failed statement has doomed the transaction, even if the handler swallowed its error.
        if (statementError !== null) throw statementError;
        const verdict = await finish(transaction, result);
        if (verdict !== 'recorded') throw new Refusal(verdict);
        return result;
      },
    });
    return { kind: 'committed', ...done };
  } catch (error) {
    if (error instanceof Refusal) return { kind: error.verdict };
    if (error instanceof ConnectionLostError) return { kind: 'unreachable', error, during: error.during };
    const code = errorCode(statementError ?? error);
    if (code === '40001' || code === '40P01') return { kind: 'conflict', error };
    return { kind: 'failed', error };
  }
}

/** Rolls back for a reason that is no failure. */
class Refusal extends Error {
  constructor(readonly verdict: Exclude<Verdict, 'recorded'>) {
    super(verdict);
  }
}

/**
 * Closed as soon as the handler is done: a late statement would run outside of the transaction, with all rights.
 * What is still running then (the handler's time was over) is cancelled.
 */
function openFor(
  transaction: Sql,
  onError: (error: Error) => void,
): { readonly port: OpenTransaction; readonly close: () => void } {
  const running = new Set<{ cancel(): void }>();
  let isOpen = true;
  const port: OpenTransaction = {
    run: async ({ sql, bindings, asArrays = false }) => {
      if (!isOpen) throw new Error('The transaction of this action is over: await every query inside the handler.');
      const query = transaction.unsafe(sql, bindings as never[]);
      running.add(query);
      try {
        const result = await (asArrays ? query.values() : query);
        return { rows: [...result] as StatementResult['rows'], count: result.count };
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        throw error;
      } finally {
        running.delete(query);
      }
    },
  };
  const close = (): void => {
    isOpen = false;
    for (const query of running) query.cancel();
  };
  return { port, close };
}

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
