/**
 * Bearer tokens of the API. A token stands for a person and has exactly that person's roles at the time of each
 * request. The database keeps its SHA-256 only: a token has 256 random bits, so a slow hash would add nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import { loadSession, normalizeEmail } from './accounts';
import type { Session } from './session';

const PREFIX = 'baton_';
const TOKEN_SHAPE = /^baton_[A-Za-z0-9_-]{43}$/;

/** The stored form of a token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Mints a token for the person with this address. The token is returned once and cannot be read again.
 * @returns null when nobody has the address.
 */
export async function mintToken({
  sql,
  email,
  daysValid,
}: {
  readonly sql: postgres.Sql;
  readonly email: string;
  readonly daysValid: number;
}): Promise<{ readonly token: string; readonly expiresAt: Date } | null> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  const [row] = await sql<{ expires_at: Date }[]>`
    INSERT INTO api_tokens (token_hash, user_id, expires_at)
    SELECT ${hashToken(token)}, user_id, now() + make_interval(days => ${daysValid})
    FROM users WHERE email = ${normalizeEmail(email)} AND deactivated_at IS NULL
    RETURNING expires_at`;
  return row === undefined ? null : { token, expiresAt: row.expires_at };
}

/** The session that a token stands for; null when it is unknown, revoked or expired. */
export async function sessionOfToken({
  sql,
  token,
}: {
  readonly sql: postgres.Sql;
  readonly token: string;
}): Promise<Session | null> {
  if (!TOKEN_SHAPE.test(token)) return null;
  const [row] = await sql<{ user_id: string }[]>`
    SELECT user_id FROM api_tokens
    WHERE token_hash = ${hashToken(token)} AND revoked_at IS NULL AND expires_at > now()`;
  return row === undefined ? null : loadSession({ sql, userId: row.user_id });
}
