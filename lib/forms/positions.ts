/** Where in a schema other schemas stand. Everything else in it is a value. */
import { isJsonObject } from './json';

const ONE: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
]);
const LIST: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'items', 'oneOf']);
const BY_NAME: ReadonlySet<string> = new Set(['$defs', 'definitions', 'dependencies', 'properties']);

/** A schema, which may be `true` or `false`, and the way to it from its keyword. */
export interface SubschemaPosition {
  readonly segments: readonly string[];
  readonly schema: unknown;
}

/** The schemas that `value` holds as the value of `keyword`; empty for a keyword without schemas. */
export function subschemasOf(keyword: string, value: unknown): SubschemaPosition[] {
  if (LIST.has(keyword) && Array.isArray(value)) {
    return value.map((schema: unknown, index) => ({ segments: [String(index)], schema }));
  }
  if (BY_NAME.has(keyword) && isJsonObject(value)) {
    const entries = Object.entries(value).filter(([, schema]) => !Array.isArray(schema));
    return entries.map(([name, schema]) => ({ segments: [name], schema }));
  }
  return ONE.has(keyword) ? [{ segments: [], schema: value }] : [];
}
