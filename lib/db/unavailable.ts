/** Connection refused, lost, timed out or ended by the driver. */
const clientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
]);
/** Postgres shuts down, starts, or has no connection left. Class 08: the connection itself. */
const serverCodes = /^(57P0[123]|53300|08...)$/;

/** Whether an error says that the database is away, itself or through its cause. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const { code } = each as Error & { readonly code?: unknown };
    if (typeof code === 'string' && (clientCodes.has(code) || serverCodes.test(code))) return true;
    // Several addresses of one host were tried.
    if (each instanceof AggregateError && each.errors.some((inner) => isDatabaseUnavailable(inner))) return true;
  }
  return false;
}
