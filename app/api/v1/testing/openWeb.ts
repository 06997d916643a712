/** A web server's environment for the tests of its route handlers: an empty database and an administrator with a token. */
import postgres from 'postgres';
import { vi } from 'vitest';
import { mintToken } from '@/lib/auth/apiTokens';
import { closeDatabase } from '@/lib/db/client';
import { createTestDatabase } from '@/lib/db/testing/testDatabase';
import { forgetEngine } from '@/lib/workflow';

export interface Web {
  readonly sql: postgres.Sql;
  /** Of Omar, administrator of `acme`. */
  readonly token: string;
  close(): Promise<void>;
}

/** @param env what the environment says besides its database. */
export async function openWeb(env: Readonly<Record<string, string>>): Promise<Web> {
  const database = await createTestDatabase();
  const all = { DATABASE_URL: database.url, LOG_LEVEL: 'silent', NEXT_RUNTIME: 'nodejs', ...env };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  const sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES ('omar', 'omar@test.test', 'Omar', 'acme')`;
  await sql`INSERT INTO user_roles (user_id, role) VALUES ('omar', 'administrator')`;
  const minted = await mintToken({ sql, email: 'omar@test.test', daysValid: 1 });
  if (!minted) throw new Error('Omar got no token.');
  return {
    sql,
    token: minted.token,
    close: async () => {
      forgetEngine();
      await closeDatabase();
      await sql.end();
      await database.drop();
    },
  };
}
