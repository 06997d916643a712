/**
 * Slows down guessing: after a number of failures for one address, further tries are refused for a while, right or
 * wrong. Kept in memory, per process: it spares the password hash and the log, and is no substitute for a gateway.
 */
export interface SignInLimiter {
  /** Milliseconds until this address may be tried again; 0: now. */
  waitMs(parameters: { readonly email: string; readonly nowMs: number }): number;
  recordFailure(parameters: { readonly email: string; readonly nowMs: number }): void;
  recordSuccess(parameters: { readonly email: string }): void;
}

interface Failures {
  count: number;
  /** When the count began. */
  sinceMs: number;
}

/**
 * @param maxFailures failures of one address within a window before it is refused.
 * @param windowMs length of the window; it begins with the first failure and ends the refusal.
 * @param maxAddresses addresses remembered at once; the oldest is forgotten first, so that made-up ones cost no memory.
 */
export function createSignInLimiter({
  maxFailures = 10,
  windowMs = 5 * 60_000,
  maxAddresses = 10_000,
}: {
  readonly maxFailures?: number;
  readonly windowMs?: number;
  readonly maxAddresses?: number;
} = {}): SignInLimiter {
  const failuresByEmail = new Map<string, Failures>();

  const current = (email: string, nowMs: number): Failures | undefined => {
    const failures = failuresByEmail.get(email);
    if (failures === undefined || nowMs - failures.sinceMs < windowMs) return failures;
    failuresByEmail.delete(email);
    return undefined;
  };

  return {
    waitMs({ email, nowMs }) {
      const failures = current(email, nowMs);
      return failures === undefined || failures.count < maxFailures ? 0 : failures.sinceMs + windowMs - nowMs;
    },
    recordFailure({ email, nowMs }) {
      const failures = current(email, nowMs);
      if (failures !== undefined) {
        failures.count += 1;
        return;
      }
      if (failuresByEmail.size >= maxAddresses) {
        const oldest = failuresByEmail.keys().next();
        if (!oldest.done) failuresByEmail.delete(oldest.value);
      }
      failuresByEmail.set(email, { count: 1, sinceMs: nowMs });
    },
    recordSuccess({ email }) {
      failuresByEmail.delete(email);
    },
  };
}
