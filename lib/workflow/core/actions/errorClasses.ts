/**
 * Why something failed, as far as trying again goes:
 * - `transient`: the same call may succeed in a moment (network, overload, a serialisation failure);
 * - `recoverable`: a person can put it right, then it may succeed;
 * - `permanent`: trying again changes nothing.
 */
import { BatonError } from '../../model/errors';

export type ErrorClass = 'transient' | 'recoverable' | 'permanent';

const transientCodes: ReadonlySet<string> = new Set([
  // Sockets and name lookup.
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  // The postgres.js client.
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  // Postgres: serialisation failure, deadlock, lock or statement given up, shutting down or starting.
  '40001',
  '40P01',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  // An attempt that took longer than its `timeoutMs`.
  'action_timeout',
]);

const nestedDepth = 5;

/**
 * Classifies anything thrown. An error says it of itself with `transient: true`, `recoverable: true` or
 * `transient: false`; else its code, its HTTP status (408, 425, 429, 5xx) and its causes decide.
 */
export function classifyError(thrown: unknown): ErrorClass {
  let error = thrown;
  for (let depth = 0; depth < nestedDepth && typeof error === 'object' && error !== null; depth += 1) {
    if (flag(error, 'transient') === true) return 'transient';
    if (flag(error, 'recoverable') === true) return 'recoverable';
    if (flag(error, 'transient') === false || error instanceof BatonError) return 'permanent';
    if (hasTransientCode(error) || hasTransientStatus(error)) return 'transient';
    error = (error as { cause?: unknown }).cause;
  }
  return 'permanent';
}

/** Whether the error itself rules out another attempt, whatever the retry policy says. */
export function refusesRetry(thrown: unknown): boolean {
  return thrown instanceof BatonError || flag(thrown, 'transient') === false || flag(thrown, 'recoverable') === true;
}

function flag(error: unknown, name: 'transient' | 'recoverable'): boolean | undefined {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

function hasTransientCode(error: object): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && (transientCodes.has(code) || /^08...$/.test(code));
}

function hasTransientStatus(error: object): boolean {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  const code = typeof status === 'number' ? status : statusCode;
  if (typeof code !== 'number') return false;
  return code === 408 || code === 425 || code === 429 || (code >= 500 && code <= 599);
}
