import { InvalidInputError } from '../../model/errors';
import { classifyError, refusesRetry } from './errorClasses';

/** How an author wants failures to be tried again. Giving any of it means: every failure that does not rule it out. */
export interface RetryOptions {
  /** All attempts together, the first one included. Default 3. */
  readonly attempts?: number;
  /** Upper bound of the pause after the first attempt; it doubles from there. Default 200 ms. */
  readonly backoffMs?: number;
  /** Upper bound of any pause. Default 30,000 ms. */
  readonly maxBackoffMs?: number;
  /** Errors that are not tried again: their names, their codes, or their classes. */
  readonly nonRetryable?: readonly (string | ErrorType)[];
  /** How long one attempt may take. Default 60,000 ms. */
  readonly timeoutMs?: number;
  /** How long all attempts and the pauses between them may take, from the first one's start. Unlimited unless given. */
  readonly deadlineMs?: number;
}

/** A class of errors. */
export type ErrorType = abstract new (...args: never[]) => Error;

export interface RetryPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly nonRetryable: readonly (string | ErrorType)[];
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** `transient`: only failures that are known to pass. `any`: all that do not rule it out. */
  readonly retries: 'transient' | 'any';
}

const defaults = {
  attempts: 3,
  backoffMs: 200,
  maxBackoffMs: 30_000,
  nonRetryable: [],
  timeoutMs: 60_000,
  deadlineMs: Number.POSITIVE_INFINITY,
} as const;

/**
 * Without options only failures known to be transient are tried again.
 * @throws InvalidInputError for numbers that make no sense.
 */
export function retryPolicy(options: RetryOptions | null | undefined): RetryPolicy {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  const onlyTimes = given.every(([name]) => name === 'timeoutMs' || name === 'deadlineMs');
  const policy: RetryPolicy = { ...defaults, ...Object.fromEntries(given), retries: onlyTimes ? 'transient' : 'any' };
  if (!Number.isInteger(policy.attempts) || policy.attempts < 1 || policy.attempts > 1000) {
    throw new InvalidInputError(`retry.attempts is ${policy.attempts}: give a whole number from 1 to 1000.`);
  }
  for (const name of ['backoffMs', 'maxBackoffMs', 'timeoutMs', 'deadlineMs'] as const) {
    const least = name === 'timeoutMs' || name === 'deadlineMs' ? 1 : 0;
    if (!(policy[name] >= least))
      throw new InvalidInputError(`retry.${name} is ${policy[name]}: give ${least} or more.`);
  }
  return policy;
}

/** Whether a call that failed on this attempt (from 1) is tried again. */
export function shouldRetry(policy: RetryPolicy, attempt: number, error: unknown): boolean {
  if (attempt >= policy.attempts || refusesRetry(error)) return false;
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: '', code: undefined };
  const isListed = (listed: string | ErrorType): boolean =>
    typeof listed === 'string' ? listed === name || listed === code : error instanceof listed;
  if (policy.nonRetryable.some(isListed)) return false;
  return policy.retries === 'any' || classifyError(error) === 'transient';
}

/**
 * The pause after a failed attempt: anything from 0 to a bound that doubles each time ("full jitter"), so that callers
 * who failed together do not come back together.
 */
export function backoffMs(
  policy: Pick<RetryPolicy, 'backoffMs' | 'maxBackoffMs'>,
  attempt: number,
  random: number,
): number {
  const bound = Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(bound * random);
}
