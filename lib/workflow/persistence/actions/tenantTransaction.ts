/**
 * One transaction of a database action. The handler's statements run as the tenant's role under row-level security;
 * then the role is put back and `finish` records the result, as the last thing before the commit.
 */
import type { Sql, TransactionSql } from 'postgres';
import type {
  IsolationLevel,
  OpenTransaction,
  TransactionOutcome,
  TransactionWork,
} from '../../model/ports/actionStores';

export interface Done {
  readonly resultText: string;
  readonly completedAtMs: number;
}
export type Verdict = 'recorded' | 'already_recorded' | 'ownership_lost';

type Stage = 'begin' | 'work' | 'finish' | 'commit';

/** Never rejects: whatever happens is an outcome, and only `committed` and a lost commit leave anything behind. */
export async function runTenantTransaction({
  sql,
  isolationLevel,
  tenant,
  work,
  finish,
}: {
  readonly sql: Sql;
  readonly isolationLevel: IsolationLevel;
  readonly tenant: string;
  readonly work: TransactionWork;
  /** Anything but `recorded` rolls back. */
  readonly finish: (transaction: TransactionSql, done: Done) => Promise<Verdict>;
}): Promise<TransactionOutcome> {
  let stage: Stage = 'begin';
  let statementError: Error | null = null;
  let refused: Exclude<Verdict, 'recorded'> | null = null;
  try {
    const done = await sql.begin(`isolation level ${isolationLevel}`, async (transaction) => {
      await transaction`SELECT set_config('role', 'baton_tenant', true), set_config('baton.tenant', ${tenant}, true)`;
      stage = 'work';
      const open = openFor(
        transaction,
        (error) => (statementError ??= error instanceof Error ? error : new Error(String(error))),
      );
      const result = await work(open.port).finally(open.close);
      // A failed statement has doomed the transaction, even if the handler swallowed its error.
      if (statementError !== null) throw statementError;
      stage = 'finish';
      const verdict = await finish(transaction, result);
      if (verdict !== 'recorded') {
        refused = verdict;
        throw new Error(verdict);
      }
      stage = 'commit';
      return result;
    });
    return { kind: 'committed', ...done };
  } catch (error) {
    if (refused !== null) return { kind: refused };
    return classifyFailure(stage, error, statementError);
  }
}

/** Closed as soon as the handler is done: a late statement would run outside of the transaction, with all rights. */
function openFor(
  transaction: TransactionSql,
  onError: (error: unknown) => void,
): { readonly port: OpenTransaction; readonly close: () => void } {
  let isOpen = true;
  const port: OpenTransaction = {
    run: async ({ sql, bindings }) => {
      if (!isOpen) throw new Error('The transaction of this action is over: await every query inside the handler.');
      try {
        const result = await transaction.unsafe(sql, bindings as never[]);
        return { rows: [...result], count: result.count };
      } catch (error) {
        onError(error);
        throw error;
      }
    },
  };
  return { port, close: () => void (isOpen = false) };
}

function classifyFailure(stage: Stage, error: unknown, statementError: unknown): TransactionOutcome {
  // While the handler runs, only what a statement reported is about our database; the rest is the handler's own.
  const cause = stage === 'work' ? (statementError ?? error) : error;
  if (isConnectionLoss(cause, stage === 'work' && statementError === null)) {
    return { kind: 'unreachable', error: cause, during: stage };
  }
  const code = errorCode(cause);
  if (code === '40001' || code === '40P01') return { kind: 'conflict', error: cause };
  return { kind: 'failed', error };
}

const clientLosses: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
]);
const socketLosses: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** @param fromHandler the error may come from anywhere: only what our own client says about its connection counts. */
function isConnectionLoss(error: unknown, fromHandler: boolean): boolean {
  const code = errorCode(error);
  if (clientLosses.has(code)) return true;
  if (fromHandler) return false;
  // Server shutting down, starting up, out of connections; or a broken protocol.
  return socketLosses.has(code) || /^(57P0[1-5]|53300|08...)$/.test(code);
}

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
