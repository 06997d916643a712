/** People and their roles, as the database has them now. */
import type postgres from 'postgres';
import type { Session } from './session';

interface AccountRow {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly tenant_id: string | null;
  readonly roles: readonly string[];
}

/** The session of a person, or null when there is no such person (any more). */
export async function loadSession({
  sql,
  userId,
}: {
  readonly sql: postgres.Sql;
  readonly userId: string;
}): Promise<Session | null> {
  const [row] = await sql<AccountRow[]>`
    SELECT u.user_id, u.email, u.name, u.tenant_id,
           coalesce((SELECT array_agg(r.role ORDER BY r.role) FROM user_roles r WHERE r.user_id = u.user_id), '{}') AS roles
    FROM users u
    WHERE u.user_id = ${userId}`;
  if (row === undefined) return null;
  return { userId: row.user_id, email: row.email, name: row.name, tenant: row.tenant_id, roles: row.roles };
}

/** What sign-in needs to know of an address; null when nobody has it. Addresses are kept in lower case. */
export async function findCredentials({
  sql,
  email,
}: {
  readonly sql: postgres.Sql;
  readonly email: string;
}): Promise<{ readonly userId: string; readonly passwordHash: string | null } | null> {
  const [row] = await sql<{ user_id: string; password_hash: string | null }[]>`
    SELECT user_id, password_hash FROM users WHERE email = ${normalizeEmail(email)}`;
  return row === undefined ? null : { userId: row.user_id, passwordHash: row.password_hash };
}

/** The form in which addresses are stored and compared. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
