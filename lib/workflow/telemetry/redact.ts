// Keeps secrets and endless values out of the log. The net below the rule "do not log secrets", not a replacement.

const secretKey =
  /pass(?:word|wd|phrase)?$|secret|token$|authorization|cookie|credential|api[-_]?key|private[-_]?key|^pw$/i;
const urlPassword = /(:\/\/[^/\s:@]*:)[^@/\s]+@/g;

const maxDepth = 6;
const maxItems = 100;
const maxText = 8_192;

/**
 * A copy of the fields that is safe and small enough to print: values under secret-looking names and passwords in
 * addresses become `[redacted]`, errors become `{ type, message, code, stack, cause }`, long or deep values are cut.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 0);
}

/** Hides the password part of addresses such as `redis://user:password@host`. */
export function redactText(text: string): string {
  const safe = text.includes('://') ? text.replace(urlPassword, '$1[redacted]@') : text;
  return safe.length > maxText ? `${safe.slice(0, maxText)}… (${safe.length} characters)` : safe;
}

function redactObject(source: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    copy[key] = secretKey.test(key) && holdsText(value) ? '[redacted]' : redactValue(value, depth + 1);
  }
  return copy;
}

// A count or a flag under such a name (`hasToken: true`) says nothing secret.
function holdsText(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (depth > maxDepth) return '[deep]';
  if (value instanceof Map) return redactMap(value, depth);
  if (value instanceof Set) return redactList([...value], depth);
  if (Array.isArray(value)) return redactList(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactObject(value, depth);
}

function redactMap(map: ReadonlyMap<unknown, unknown>, depth: number): Record<string, unknown> {
  return redactObject(Object.fromEntries([...map].map(([key, value]) => [String(key), value])), depth);
}

function redactList(list: readonly unknown[], depth: number): unknown[] {
  const shown = list.slice(0, maxItems).map((item) => redactValue(item, depth + 1));
  return list.length > maxItems ? [...shown, `… ${list.length - maxItems} more`] : shown;
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') && error.code;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(code === false ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined || depth > maxDepth ? {} : { cause: redactValue(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth <= maxDepth ? { errors: redactList(error.errors, depth) } : {}),
  };
}
