const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  // It starts, ends, or has no connection left.
  '57P03',
  '57P01',
  '53300',
]);

/** Whether an error of the client says that no database answers, rather than what is wrong with a statement. */
export function isUnreachable(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && unreachableCodes.has(String(error.code));
}
