/** A member changes their own password. */
import { InvalidInputError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { hashPassword, verifyPassword } from '../auth/password';
import type { SignInLimiter } from '../auth/signInLimiter';
import { MemberConflictError, MemberNotFoundError, TooManyAttemptsError } from './errors';

/**
 * Gives somebody a password of their own choice and ends their sessions, the one that asks included: it has to begin
 * anew. Tokens stay.
 * @param deps.limiter counts wrong passwords by member.
 * @throws InvalidInputError when the old password is wrong or the new one is the same; TooManyAttemptsError after too
 *   many wrong ones; MemberConflictError when it changed at the same moment; MemberNotFoundError for one who has none.
 */
export async function changeOwnPassword(
  { sql, limiter }: { readonly sql: postgres.Sql; readonly limiter: SignInLimiter },
  {
    userId,
    oldPassword,
    newPassword,
    nowMs,
  }: {
    readonly userId: string;
    readonly oldPassword: string;
    readonly newPassword: string;
    readonly nowMs: number;
  },
): Promise<void> {
  const key = { email: userId };
  const waitMs = limiter.waitMs({ ...key, nowMs });
  if (waitMs > 0) throw tooOften(waitMs);
  const [row] = await sql<{ hash: string | null }[]>`
    SELECT password_hash AS hash FROM users WHERE user_id = ${userId} AND deactivated_at IS NULL`;
  if (!row || row.hash === null) throw new MemberNotFoundError();
  // Counted before it is checked: of many that come at once each counts.
  limiter.recordFailure({ ...key, nowMs });
  if (!(await verifyPassword({ password: oldPassword, hash: row.hash }))) {
    throw wrong('/oldPassword', 'This is not the password that you have now.');
  }
  limiter.recordSuccess(key);
  if (oldPassword === newPassword)
    throw wrong('/newPassword', 'This is the password that you have now. Choose another one.');
  const changed = await sql`
    UPDATE users SET password_hash = ${await hashPassword(newPassword)}, session_epoch = session_epoch + 1
    WHERE user_id = ${userId} AND password_hash = ${row.hash} AND deactivated_at IS NULL`;
  if (changed.count === 0) {
    throw new MemberConflictError(
      'Your password was changed at the same moment. Sign in with the one that counts now.',
    );
  }
}

function wrong(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, { fieldErrors: [{ path, message }] });
}

function tooOften(waitMs: number): TooManyAttemptsError {
  const minutes = Math.ceil(waitMs / 60_000);
  return new TooManyAttemptsError(
    `The password was wrong too often. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
  );
}
