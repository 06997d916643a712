/** What a stored draft no longer says: which fields the person saw and left empty. */
import type { SchemaEngine } from './engine';
import { isJsonObject, isUnsafeName, ownMember } from './json';
import { activeSubschemas, itemSchemas, memberNames, memberSchemas } from './schema';
import type { JsonObject } from './types';

/** Deeper than any answer may be. */
const MAX_DEPTH = 64;

/**
 * A draft with `undefined` for each field that it was shown with and that has no answer in it: the form library takes
 * a field that is missing for a new one and would answer it with its default. Fields of conditions that do not hold
 * stay missing, since they begin anew once they are shown. Empty members do not survive as JSON, so this is asked
 * again whenever a draft is read.
 */
export function withEmptied({
  root,
  answers,
  engine,
}: {
  /** The pinned schema. */
  readonly root: JsonObject;
  readonly answers: JsonObject;
  readonly engine: Pick<SchemaEngine, 'isValid'>;
}): JsonObject {
  const visit = (start: readonly JsonObject[], value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
    const schemas = activeSubschemas(root, start, value, (part, given) => engine.isValid(part, given, root));
    if (Array.isArray(value)) {
      return value.map((item: unknown, index) => visit(itemSchemas(schemas, index), item, depth + 1));
    }
    const names = new Set([...Object.keys(value), ...memberNames(schemas)]);
    const entries = [...names]
      .filter((name) => !isUnsafeName(name))
      .map((name) => [name, visit(memberSchemas(schemas, name), ownMember(value, name), depth + 1)] as const);
    return Object.fromEntries(entries);
  };
  const filled = visit([root], answers, 0);
  return isJsonObject(filled) ? filled : answers;
}
