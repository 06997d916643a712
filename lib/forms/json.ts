/** Small helpers for JSON values. Member names that could reach a prototype are never copied. */
import type { JsonObject } from './types';

const UNSAFE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** True for names that must not be read from, or written to, an object built from foreign data. */
export function isUnsafeName(name: string): boolean {
  return UNSAFE_NAMES.has(name);
}

/** True for a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member `name` of `value`, or undefined. Inherited and unsafe members do not exist here. */
export function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || isUnsafeName(name) || !Object.hasOwn(value, name)) {
    return undefined;
  }
  return (value as JsonObject)[name];
}

/**
 * A copy that holds JSON only: undefined members, functions and unsafe names are left out. Values nested deeper than
 * `maxDepth` are left out too, so a hostile value cannot exhaust the stack.
 */
export function cleanJson(value: unknown, maxDepth = 64): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || maxDepth === 0) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, maxDepth - 1) ?? null);
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const cleaned = isUnsafeName(name) ? undefined : cleanJson(member, maxDepth - 1);
    if (cleaned !== undefined) copy[name] = cleaned;
  }
  return copy;
}

/** `['lines', 0, 'amount']` as the JSON pointer `/lines/0/amount`. */
export function toPointer(segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The segments of a JSON pointer; `''` has none. */
export function fromPointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value that `segments` lead to, or undefined. */
export function valueAt(value: unknown, segments: readonly (string | number)[]): unknown {
  let current = value;
  for (const segment of segments) current = ownMember(current, String(segment));
  return current;
}

/** True when two JSON values are the same; the order of members does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}
