import { describe, expect, it } from 'vitest';
import { ValidationFailedError } from '../../model/errors';
import { classifyError } from './errorClasses';
import { backoffMs, retryPolicy, shouldRetry } from './retryPolicy';

const errorWith = (fields: object) => Object.assign(new Error('x'), fields);

describe('classifyError', () => {
  it.each([
    [errorWith({ code: 'ECONNRESET' }), 'transient'],
    [errorWith({ code: '40001' }), 'transient'],
    [errorWith({ code: '08006' }), 'transient'],
    [errorWith({ status: 503 }), 'transient'],
    [errorWith({ statusCode: 429 }), 'transient'],
    [errorWith({ transient: true }), 'transient'],
    [new TypeError('fetch failed', { cause: errorWith({ code: 'ECONNREFUSED' }) }), 'transient'],
    [errorWith({ recoverable: true }), 'recoverable'],
    [errorWith({ status: 404 }), 'permanent'],
    [errorWith({ code: '23505' }), 'permanent'],
    [errorWith({ status: 503, transient: false }), 'permanent'],
    [new ValidationFailedError('x', { cause: errorWith({ code: 'ECONNRESET' }) }), 'permanent'],
    [new Error('anything'), 'permanent'],
    ['a text', 'permanent'],
    [undefined, 'permanent'],
  ])('takes %o for %s', (error, expected) => {
    expect(classifyError(error)).toBe(expected);
  });

  it('ends on errors that cause themselves', () => {
    const error = new Error('x');
    error.cause = error;
    expect(classifyError(error)).toBe('permanent');
  });
});

describe('shouldRetry', () => {
  it('tries only passing failures again unless the author asks for more', () => {
    const policy = retryPolicy(undefined);
    expect(shouldRetry(policy, 1, errorWith({ status: 503 }))).toBe(true);
    expect(shouldRetry(policy, 2, errorWith({ status: 503 }))).toBe(true);
    expect(shouldRetry(policy, 3, errorWith({ status: 503 }))).toBe(false);
    expect(shouldRetry(policy, 1, new Error('x'))).toBe(false);
    expect(shouldRetry(retryPolicy({ timeoutMs: 5 }), 1, new Error('x'))).toBe(false);
  });

  it('tries every failure again that does not rule it out when a policy is given', () => {
    const policy = retryPolicy({ attempts: 5, nonRetryable: ['CardDeclined', 'no_budget'] });
    expect(shouldRetry(policy, 4, new Error('x'))).toBe(true);
    expect(shouldRetry(policy, 5, new Error('x'))).toBe(false);
    expect(shouldRetry(policy, 1, errorWith({ name: 'CardDeclined' }))).toBe(false);
    expect(shouldRetry(policy, 1, errorWith({ code: 'no_budget' }))).toBe(false);
    class OutOfStock extends Error {}
    const byClass = retryPolicy({ attempts: 5, nonRetryable: [OutOfStock] });
    expect(shouldRetry(byClass, 1, new OutOfStock('x'))).toBe(false);
    expect(shouldRetry(byClass, 1, new Error('x'))).toBe(true);
    expect(shouldRetry(policy, 1, errorWith({ transient: false }))).toBe(false);
    expect(shouldRetry(policy, 1, errorWith({ recoverable: true }))).toBe(false);
    expect(shouldRetry(policy, 1, new ValidationFailedError('x'))).toBe(false);
  });
});

describe('backoffMs', () => {
  const policy = { backoffMs: 100, maxBackoffMs: 1000 };

  it('spreads the pause from nothing to a bound that doubles up to the maximum', () => {
    expect(backoffMs(policy, 1, 0)).toBe(0);
    expect([1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(policy, attempt, 1))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect(backoffMs(policy, 3, 0.5)).toBe(200);
  });
});
