import { drizzle, type PgRemoteDatabase } from 'drizzle-orm/pg-proxy';
import type { OpenTransaction } from '../../model/ports/actionStores';

/** The open transaction of a database action for Drizzle: it builds the SQL, the transaction runs it. */
export function drizzleTransaction(open: OpenTransaction): PgRemoteDatabase {
  return drizzle(async (sql, params: unknown[], method) => {
    const { rows } = await open.run({ sql, bindings: params, asArrays: method === 'all' });
    return { rows: [...rows] };
  });
}
