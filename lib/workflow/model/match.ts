/**
 * What a wait asks of an event besides its name: values at places of its payload. Only waits that ask so much are given
 * events of the bus; else one event would approve every waiting invoice of a tenant.
 */
import { InvalidInputError } from './errors';
import { digestOf, hashedNothing, hashedOn, type Hashed } from './hash';
import type { JsonValue } from './json';

export type MatchValue = string | number | boolean | null;

/** Key of the payload, or path such as `customer.id` or `lines.0.sku`, to the value that must stand there. */
export type Match = Readonly<Record<string, MatchValue>>;

/**
 * A copy of what the author gave.
 * @throws InvalidInputError for anything but at least one key with a plain value each.
 */
export function checkedMatch(match: unknown): Match {
  const isRecord = typeof match === 'object' && match !== null && !Array.isArray(match);
  const pairs = isRecord ? Object.entries(match as Record<string, unknown>) : [];
  if (pairs.length === 0) {
    throw new InvalidInputError(
      'match needs at least one key of the payload and its value, like { invoiceId: "inv-123" }.',
    );
  }
  for (const [key, value] of pairs) {
    if (key !== '' && isMatchValue(value)) continue;
    throw new InvalidInputError(`match of "${key}" must be a text, a finite number, true, false or null.`);
  }
  return Object.fromEntries(pairs) as Match;
}

/** Whether the payload has each of the values at its place. A place that is not there has none, not even null. */
export function matches(payload: unknown, match: Match): boolean {
  return Object.entries(match).every(([key, value]) => stands(payload, key, value));
}

/** For people, in messages and differences: `invoiceId is "inv-123" and ok is true`. */
export function describeMatch(match: Match): string {
  return Object.entries(match)
    .map(([key, value]) => `${key} is ${JSON.stringify(value)}`)
    .join(' and ');
}

/**
 * Under what a wait is found: tenant, event name and its first key with the value, as fingerprints. One for each name.
 * Whatever is found by them is filtered by `matches`.
 */
export function probesOfWait(wait: {
  readonly tenant: string;
  readonly names: readonly string[];
  readonly match: Match;
}): string[] {
  const [first] = Object.entries(wait.match);
  if (!first) return [];
  return [...new Set(wait.names)].map((name) => probe(hashedOn(hashedName(wait.tenant, name), first[0]), first[1]));
}

/**
 * Under what all waits are found that an event may end: one for each plain value in its payload, some of them more than
 * once. The cost follows the size of the payload, since a path is hashed once for all that stands below it; whoever runs
 * through it may pause on the way.
 */
export function* probesOfEvent(event: {
  readonly tenant: string;
  readonly name: string;
  readonly payload: JsonValue;
}): Generator<string, void, undefined> {
  const waiting: { readonly node: unknown; readonly path: Hashed; readonly hasPath: boolean }[] = [];
  waiting.push({ node: event.payload, path: hashedName(event.tenant, event.name), hasPath: false });
  for (let each = waiting.pop(); each; each = waiting.pop()) {
    const { node, path, hasPath } = each;
    if (typeof node !== 'object' || node === null) {
      if (hasPath && isMatchValue(node)) yield probe(path, node);
      continue;
    }
    for (const [key, member] of Object.entries(node)) {
      waiting.push({
        node: member,
        path: hashedOn(path, hasPath ? `.${key}` : key),
        hasPath: hasPath || key !== '',
      });
    }
  }
}

const separator = '\u0000';
const hashedName = (tenant: string, name: string): Hashed =>
  hashedOn(hashedNothing, tenant + separator + name + separator);
const probe = (path: Hashed, value: MatchValue): string => digestOf(hashedOn(path, separator + JSON.stringify(value)));

/** A whole key goes before a path. */
function stands(payload: unknown, key: string, value: MatchValue): boolean {
  if (hasOwn(payload, key)) return payload[key] === value;
  let node = payload;
  for (const segment of key.split('.')) {
    if (!hasOwn(node, segment)) return false;
    node = node[segment];
  }
  return node === value;
}

function hasOwn(node: unknown, key: string): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null && Object.prototype.propertyIsEnumerable.call(node, key);
}

function isMatchValue(value: unknown): value is MatchValue {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
