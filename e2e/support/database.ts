// The database of the running product, for what a journey needs before it begins. What a journey looks at, it looks at
// in the browser.
import postgres from 'postgres';
import { readRun } from './product';

export interface Database {
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

export function openDatabase(): Database {
  const sql = postgres(readRun().databaseUrl, { max: 1, onnotice: () => undefined });
  return { sql, close: () => sql.end({ timeout: 1 }) };
}
