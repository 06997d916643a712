/** `context.transaction`: knex builds the SQL, the open transaction runs it. */
import knex, { type Knex } from 'knex';
import type { Loose } from '../../model/loose';
import type { OpenTransaction } from '../../model/ports/actionStores';
import type { ActionTransaction } from './types';

// Without a connection knex loads no driver and opens nothing: it only compiles.
const compiler = knex({ client: 'pg' }).client as Knex.Client;

/** The parts of a compiled query that decide what awaiting it answers with. */
interface Compiled {
  readonly sql: string;
  readonly method: string;
  readonly returning?: unknown;
  readonly pluck?: string;
  toNative(): { readonly sql: string; readonly bindings: readonly unknown[] };
}
interface Compilable {
  toSQL(): Compiled | Compiled[];
}

export function knexTransaction(open: OpenTransaction): ActionTransaction {
  // Builders ask their client for a runner when they are awaited. Each transaction has a client with its own.
  const client = Object.assign(Object.create(compiler) as Knex.Client, {
    runner: (builder: Compilable) => ({ run: () => runBuilder(open, builder) }),
  });
  return Object.assign((table: string) => client.queryBuilder().table<Loose, Loose[]>(table), {
    raw: async (sql: string, bindings: readonly unknown[] = []) => {
      const raw = client.raw(sql, bindings) as { toSQL(): Compiled };
      return [...(await open.run(raw.toSQL().toNative())).rows];
    },
  });
}

async function runBuilder(open: OpenTransaction, builder: Compilable): Promise<unknown> {
  const compiled = builder.toSQL();
  if (Array.isArray(compiled)) throw new Error('Schema changes belong into migrations, not into actions.');
  // Knex compiles an insert of no rows to nothing.
  if (compiled.sql === '') return 0;
  const { rows, count } = await open.run(compiled.toNative());
  switch (compiled.method) {
    case 'select':
      return rows;
    case 'first':
      return rows[0];
    case 'pluck':
      return rows.map((row) => row[compiled.pluck ?? '']);
    case 'insert':
    case 'update':
    case 'del':
    case 'counter':
      return compiled.returning === undefined ? count : rows;
    default:
      throw new Error(`"${compiled.method}" is not possible in a database action. Use transaction.raw(sql, bindings).`);
  }
}
