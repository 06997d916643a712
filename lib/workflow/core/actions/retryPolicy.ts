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
  /** Names or codes of errors that are not tried again. */
  readonly nonRetryable?: readonly string[];
  /** How long one attempt may take. Default 60,000 ms. */
  readonly timeoutMs?: number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly nonRetryable: readonly string[];
  readonly timeoutMs: number;
  /** `transient`: only failures that are known to pass. `any`: all that do not rule it out. */
  readonly retries: 'transient' | 'any';
}

const defaults = { attempts: 3, backoffMs: 200, maxBackoffMs: 30_000, nonRetryable: [], timeoutMs: 60_000 } as const;

/**
 * Without options only failures known to be transient are tried again.
 * @throws InvalidInputError for numbers that make no sense.
 */
export function retryPolicy(options: RetryOptions | null | undefined): RetryPolicy {
  const onlyTimeout = !options || Object.keys(options).every((name) => name === 'timeoutMs');
  const policy: RetryPolicy = { ...defaults, ...options, retries: onlyTimeout ? 'transient' : 'any' };
  if (!Number.isInteger(policy.attempts) || policy.attempts < 1 || policy.attempts > 1000) {
    throw new InvalidInputError(`retry.attempts is ${policy.attempts}: give a whole number from 1 to 1000.`);
  }
  for (const name of ['backoffMs', 'maxBackoffMs', 'timeoutMs'] as const) {
    const least = name === 'timeoutMs' ? 1 : 0;
    if (!(policy[name] >= least))
      throw new InvalidInputError(`retry.${name} is ${policy[name]}: give ${least} or more.`);
  }
  return policy;
}

/** Whether a call that failed on this attempt (from 1) is tried again. */
export function shouldRetry(policy: RetryPolicy, attempt: number, error: unknown): boolean {
  if (attempt >= policy.attempts || refusesRetry(error)) return false;
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: '', code: undefined };
  if (policy.nonRetryable.some((listed) => listed === name || listed === code)) return false;
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
