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

/**
 * The session of a person, or null when there is no such person (any more), or it has ended.
 * @param epoch of the session's start, see `sessionEpochOf`; absent: one that begins now.
 */
export async function loadSession({
  sql,
  userId,
  epoch,
}: {
  readonly sql: postgres.Sql;
  readonly userId: string;
  readonly epoch?: number;
}): Promise<Session | null> {
  const [row] = await sql<AccountRow[]>`
    SELECT u.user_id, u.email, u.name, u.tenant_id,
           coalesce((SELECT array_agg(r.role ORDER BY r.role) FROM user_roles r WHERE r.user_id = u.user_id), '{}') AS roles
    FROM users u
    WHERE u.user_id = ${userId} AND u.deactivated_at IS NULL
      AND (${epoch ?? null}::int IS NULL OR u.session_epoch = ${epoch ?? null}::int)`;
  if (row === undefined) return null;
  return { userId: row.user_id, email: row.email, name: row.name, tenant: row.tenant_id, roles: row.roles };
}

/** The number that sessions of this person carry which begin now; a deactivation counts it up, which ends them. */
export async function sessionEpochOf({
  sql,
  userId,
}: {
  readonly sql: postgres.Sql;
  readonly userId: string;
}): Promise<number> {
  const [row] = await sql<{ epoch: number }[]>`SELECT session_epoch AS epoch FROM users WHERE user_id = ${userId}`;
  return row?.epoch ?? 0;
}

/** What sign-in needs to know of an address; null when nobody who may sign in has it. They are kept in lower case. */
export async function findCredentials({
  sql,
  email,
}: {
  readonly sql: postgres.Sql;
  readonly email: string;
}): Promise<{ readonly userId: string; readonly passwordHash: string | null } | null> {
  const [row] = await sql<{ user_id: string; password_hash: string | null }[]>`
    SELECT user_id, password_hash FROM users
    WHERE email = ${normalizeEmail(email)} AND deactivated_at IS NULL`;
  return row === undefined ? null : { userId: row.user_id, passwordHash: row.password_hash };
}

/** The form in which addresses are stored and compared. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
