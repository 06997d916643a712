import { describe, expect, it } from 'vitest';
import { createSignInLimiter } from './signInLimiter';

const email = 'mia@acme.test';

describe('the sign-in limiter', () => {
  it('refuses an address after too many failures until the window ends', () => {
    const limiter = createSignInLimiter({ maxFailures: 3, windowMs: 1000 });
    for (const nowMs of [0, 100, 200]) {
      expect(limiter.waitMs({ email, nowMs })).toBe(0);
      limiter.recordFailure({ email, nowMs });
    }
    expect(limiter.waitMs({ email, nowMs: 300 })).toBe(700);
    expect(limiter.waitMs({ email, nowMs: 1000 })).toBe(0);
  });

  it('counts each address on its own', () => {
    const limiter = createSignInLimiter({ maxFailures: 1 });
    limiter.recordFailure({ email, nowMs: 0 });
    expect(limiter.waitMs({ email: 'omar@acme.test', nowMs: 1 })).toBe(0);
  });

  it('forgets failures after a success', () => {
    const limiter = createSignInLimiter({ maxFailures: 2 });
    limiter.recordFailure({ email, nowMs: 0 });
    limiter.recordSuccess({ email });
    limiter.recordFailure({ email, nowMs: 1 });
    expect(limiter.waitMs({ email, nowMs: 2 })).toBe(0);
  });

  it('remembers a bounded number of addresses', () => {
    const limiter = createSignInLimiter({ maxFailures: 1, maxAddresses: 2 });
    for (const each of ['a', 'b', 'c']) limiter.recordFailure({ email: each, nowMs: 0 });
    expect(['a', 'b', 'c'].map((each) => limiter.waitMs({ email: each, nowMs: 1 }) > 0)).toEqual([false, true, true]);
  });
});
