/** Whoever sends something again with the key of the first time must send the same: a key stands for one content. */
import { isDeepStrictEqual } from 'node:util';
import { IdempotencyKeyReusedError } from '../model/errors';
import type { JsonValue } from '../model/json';
import { storedCopy } from '../model/values';

/** What a key stands for, by the names that a caller knows it under. */
export type Content = Readonly<Record<string, JsonValue | undefined>>;

/**
 * Compares values and not texts: the order of members makes no difference, and what is undefined is not there.
 * @param usedFor names it in the message, as `an event`.
 * @throws IdempotencyKeyReusedError
 */
export function assertRepeats(
  idempotencyKey: string,
  usedFor: string,
  { first, now }: { readonly first: Content; readonly now: Content },
): void {
  const differs = Object.keys(now).filter((name) => !isSameValue(first[name] ?? null, now[name] ?? null, name));
  if (differs.length > 0) throw new IdempotencyKeyReusedError(idempotencyKey, usedFor, differs);
}

/** @param name what it is, for the error where it cannot be stored. */
export function isSameValue(stored: JsonValue, now: JsonValue, name = 'a value'): boolean {
  return isDeepStrictEqual(stored, storedCopy(now, name));
}
