/**
 * The validator of the browser: an interpreter, because compiled validators need `unsafe-eval`. What it cannot check
 * safely (patterns that could block the page) is left to the server.
 */
import { dereference, format, validate, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { Issue, SchemaEngine } from './engine';
import { formats } from './formats';
import { cleanJson, fromPointer, isJsonObject, ownMember, toPointer, valueAt } from './json';
import { browserPattern } from './patterns';
import { subschemasOf } from './positions';
import { resolveReference } from './schema';
import type { JsonObject } from './types';

// The interpreter looks formats up in this one table; both validators must know the same ones.
for (const name of Object.keys(format)) delete format[name];
Object.assign(format, formats);

const BASE = new URL('https://form.invalid/');
/** Only tells that something below failed, which is reported on its own. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'additionalItems',
  'allOf',
  '$ref',
  'if',
]);
/** Rules whose inner failures say nothing to a person. */
const OPAQUE = ['oneOf', 'anyOf', 'contains', 'propertyNames', 'not'];

interface Prepared {
  readonly schema: Schema;
  readonly lookup: Record<string, Schema | boolean>;
}

const preparedRoots = new WeakMap<JsonObject, Prepared>();

export const browserEngine: SchemaEngine = {
  issues(schema, value) {
    try {
      const { schema: prepared, lookup } = prepare(schema);
      const data = cleanJson(value) ?? null;
      const result = validate(data, prepared, '2019-09', lookup, false);
      return result.valid ? [] : toIssues(result.errors, schema, data);
    } catch {
      // A schema this interpreter cannot read is checked by the server alone.
      return [];
    }
  },
  isValid(part, value, root) {
    try {
      const { lookup } = prepare(root);
      const copy = copySchema(part) as Schema;
      // The part gets a table of its own on top of its root's, so that the root's does not grow.
      const own = Object.create(lookup) as Record<string, Schema | boolean>;
      dereference(copy, own, BASE, '/part');
      return validate(cleanJson(value) ?? null, copy, '2019-09', own, true).valid;
    } catch {
      return false;
    }
  },
};

function prepare(root: JsonObject): Prepared {
  const known = preparedRoots.get(root);
  if (known) return known;
  const schema = copySchema(root) as Schema;
  const prepared = { schema, lookup: dereference(schema, undefined, BASE) };
  preparedRoots.set(root, prepared);
  return prepared;
}

/**
 * The interpreter writes notes into schemas, so it gets a copy, without ids and without patterns that may take for ever.
 * `false` in place of a schema is written out, because the interpreter does not say where in the schema such a one
 * stands.
 */
function copySchema(schema: unknown): unknown {
  if (schema === false) return { not: {} };
  if (!isJsonObject(schema)) return schema;
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if ((keyword === '$id' || keyword === '$anchor') && typeof value === 'string') continue;
    // What a pattern that is left out would have kept away, its opposite would ask for.
    if (keyword === 'not' && hasLooserPattern(value)) continue;
    const copied = keyword === 'pattern' && typeof value === 'string' ? browserPattern(value) : value;
    if (copied !== undefined) copy[keyword] = copyKeyword(keyword, copied);
  }
  if (isJsonObject(copy.patternProperties)) leaveSlowNames(copy, copy.patternProperties);
  return copy;
}

function hasLooserPattern(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, member]) =>
      (name === 'pattern' && typeof member === 'string' && browserPattern(member) !== member) ||
      hasLooserPattern(member),
  );
}

/** Names that match a pattern: without one of them, what is left over is not known either. */
function leaveSlowNames(schema: Record<string, unknown>, patterns: JsonObject): void {
  const kept = Object.entries(patterns).filter(([pattern]) => browserPattern(pattern) !== undefined);
  if (kept.length === Object.keys(patterns).length) return;
  delete schema.additionalProperties;
  schema.patternProperties = Object.fromEntries(kept);
}

function copyKeyword(keyword: string, value: unknown): unknown {
  const below = subschemasOf(keyword, value);
  const [only] = below;
  if (only?.segments.length === 0) return copySchema(only.schema);
  if (below.length === 0) return structuredClone(value);
  if (Array.isArray(value)) return value.map(copySchema);
  const copies = below.map(({ segments, schema }) => [segments[0], copySchema(schema)]);
  return { ...structuredClone(value as object), ...Object.fromEntries(copies) };
}

function toIssues(errors: readonly OutputUnit[], schema: JsonObject, data: unknown): Issue[] {
  const opaque = errors.filter(({ keyword }) => OPAQUE.includes(keyword)).map(({ keywordLocation }) => keywordLocation);
  const issues: Issue[] = [];
  const seen = new Set<string>();
  for (const error of errors) {
    if (opaque.some((location) => error.keywordLocation.startsWith(`${location}/`))) continue;
    if (opaque.includes(error.keywordLocation) && !OPAQUE.includes(error.keyword)) continue;
    for (const issue of toIssue(error, schema, data)) {
      const key = `${issue.path} ${issue.keyword} ${error.keywordLocation}`;
      if (!seen.has(key)) issues.push(issue);
      seen.add(key);
    }
  }
  return issues;
}

function toIssue(error: OutputUnit, schema: JsonObject, data: unknown): Issue[] {
  const { keyword } = error;
  const path = error.instanceLocation.slice(1);
  const rule = ruleAt(schema, error.keywordLocation, keyword);
  if (rule === false && keyword === 'not') return [{ path, keyword: 'notAllowed', rule }];
  if (keyword === 'required') {
    const value = valueAt(data, fromPointer(path));
    const absent = (Array.isArray(rule) ? rule : []).filter((name) => ownMember(value, String(name)) === undefined);
    return absent.map((name) => ({ path: `${path}${toPointer([String(name)])}`, keyword, rule: true }));
  }
  if (keyword === 'dependencies') {
    const name = /but does not have "(.*)"\.$/.exec(error.error)?.[1];
    return name === undefined ? [] : [{ path: `${path}${toPointer([name])}`, keyword, rule: true }];
  }
  return WRAPPERS.has(keyword) ? [] : [{ path, keyword, rule }];
}

/** What the schema says at a keyword location such as `#/properties/a/$ref/minLength`. */
function ruleAt(root: JsonObject, location: string, keyword: string): unknown {
  let current: unknown = root;
  for (const segment of fromPointer(location.slice(1))) {
    if (current === false) return false;
    current =
      segment === '$ref' && isJsonObject(current)
        ? resolveReference(root, current.$ref)
        : Array.isArray(current)
          ? (current as unknown[])[Number(segment)]
          : ownMember(current, segment);
  }
  // Some rules are reported at their schema, not at the keyword.
  return isJsonObject(current) && Object.hasOwn(current, keyword) ? current[keyword] : current;
}
