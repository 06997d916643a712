/** Checks of who somebody is. Both give the person's id; the session itself is built anew for each request. */
import type postgres from 'postgres';
import { findCredentials, normalizeEmail } from './accounts';
import { hashPassword, verifyPassword } from './password';
import type { SignInLimiter } from './signInLimiter';

export type SignInOutcome =
  | { readonly kind: 'signedIn'; readonly userId: string }
  /** Unknown address or wrong password: which of the two is not told. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'tooManyFailures'; readonly waitMs: number };

/** Compared against when an address is unknown, so that the answer takes as long as for a known one. */
let hashOfNobody: Promise<string> | undefined;

/** Signs in by password. */
export async function signInByPassword({
  sql,
  limiter,
  email,
  password,
  nowMs,
}: {
  readonly sql: postgres.Sql;
  readonly limiter: SignInLimiter;
  readonly email: string;
  readonly password: string;
  readonly nowMs: number;
}): Promise<SignInOutcome> {
  const address = normalizeEmail(email);
  const waitMs = limiter.waitMs({ email: address, nowMs });
  if (waitMs > 0) return { kind: 'tooManyFailures', waitMs };
  const found = await findCredentials({ sql, email: address });
  hashOfNobody ??= hashPassword('nobody has this password');
  const isRight = await verifyPassword({ password, hash: found?.passwordHash ?? (await hashOfNobody) });
  if (found === null || found.passwordHash === null || !isRight) {
    limiter.recordFailure({ email: address, nowMs });
    return { kind: 'refused' };
  }
  limiter.recordSuccess({ email: address });
  return { kind: 'signedIn', userId: found.userId };
}

/** Signs in by address alone: for the demo's accounts, and refused wherever the product is no demo. */
export async function signInToDemo({
  sql,
  isDemo,
  email,
}: {
  readonly sql: postgres.Sql;
  readonly isDemo: boolean;
  readonly email: string;
}): Promise<SignInOutcome> {
  if (!isDemo) return { kind: 'refused' };
  const found = await findCredentials({ sql, email });
  return found === null ? { kind: 'refused' } : { kind: 'signedIn', userId: found.userId };
}
