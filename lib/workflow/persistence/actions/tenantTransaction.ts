/**
 * One transaction of a database action. The handler's statements run as the tenant's role under row-level security;
 * then the role is put back and `finish` records the result, as the last thing before the commit.
 *
 * The role is one that the session may leave, so what would leave it, or end the transaction, is not sent at all
 * (`model/statements.ts`; the database takes one command at a time, so the check sees all of them). Besides, the result
 * is recorded only while the transaction is the one that was begun, and its role and tenant are those that it was given.
 */
import type { Fragment, Sql } from 'postgres';
import { StatementRefusedError, TransactionLeftError } from '../../model/errors';
import type {
  IsolationLevel,
  OpenTransaction,
  StatementResult,
  TransactionOutcome,
  TransactionWork,
} from '../../model/ports/actionStores';
import { assertPlainStatement } from '../../model/statements';
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
  /** Anything but `recorded` rolls back. `leave` goes first; what is written behind it asks for `isIntact`. */
  readonly finish: (transaction: Sql, done: Done, leave: () => Promise<void>) => Promise<Verdict>;
}): Promise<TransactionOutcome> {
  let statementError: Error | null = null;
  try {
    const done = await transactions.run({
      isolationLevel,
      work: async (transaction) => {
        const entered = await enter(transaction, tenant);
        const open = openFor(transaction, (error) => (statementError ??= error));
        const result = await work(open.port).finally(open.close);
        // A failed statement has doomed the transaction, even if the handler swallowed its error.
        if (statementError !== null) throw statementError;
        const verdict = await finish(transaction, result, () => leave(transaction, tenant, entered));
        if (verdict !== 'recorded') throw new Refusal(verdict);
        return result;
      },
    });
    return { kind: 'committed', ...done };
  } catch (error) {
    if (error instanceof Refusal) return { kind: error.verdict };
    if (error instanceof ConnectionLostError) return { kind: 'unreachable', error, during: error.during };
    // However a library wrapped it: what was refused is no matter of another attempt.
    if (isRefused(statementError)) return { kind: 'failed', error: statementError };
    const code = errorCode(statementError ?? error);
    if (code === '40001' || code === '40P01') return { kind: 'conflict', error };
    return { kind: 'failed', error };
  }
}

interface Entered {
  /** What the role of the session was before. */
  readonly role: string;
  /** No two transactions of a session begin at the same time. */
  readonly begunAt: string;
}

async function enter(transaction: Sql, tenant: string): Promise<Entered> {
  // From left to right.
  const [row] = await transaction<{ role: string; begun_at: string }[]>`
    SELECT current_setting('role') AS role, extract(epoch FROM now())::text AS begun_at,
           set_config('role', 'baton_tenant', true), set_config('baton.tenant', ${tenant}, true)`;
  if (!row) throw new Error('A SELECT without a FROM has one row.');
  return { role: row.role, begunAt: row.begun_at };
}

/**
 * Puts the role back. Whether everything was as it was given is kept until the end of the transaction: where there is
 * none any more it is forgotten at once, and `isIntact` does not hold.
 */
function leave(transaction: Sql, tenant: string, { role, begunAt }: Entered): Promise<void> {
  return transaction<{ intact: string }[]>`
    SELECT set_config('baton.intact', (current_user = 'baton_tenant' AND current_setting('baton.tenant', true) = ${tenant}
             AND extract(epoch FROM now())::text = ${begunAt})::text, true) AS intact,
           set_config('role', ${role}, true)`.then(([row]) => {
    if (row?.intact !== 'true') throw new TransactionLeftError();
  });
}

/** A condition of what is written behind `leave`. */
export const isIntact = (transaction: Sql): Fragment => transaction`current_setting('baton.intact', true) = 'true'`;

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
      try {
        assertPlainStatement(sql);
      } catch (error) {
        onError(error as Error);
        throw error;
      }
      // Not the simple protocol, by which the database would take several commands at once.
      const query = transaction.unsafe(sql, bindings as never[], oneCommand);
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

const isRefused = (error: Error | null): boolean => error instanceof StatementRefusedError;

/** The client knows this option, its types do not. */
const oneCommand = { prepare: false, simple: false } as { readonly prepare: boolean };

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
