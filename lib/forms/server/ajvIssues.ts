/**
 * From the errors of the server's validator to issues. It reports what failed inside `oneOf`, `anyOf` and `contains`
 * along with the rest, and names only the schema that refused; what is inside is found again here and left out.
 */
import type { ErrorObject } from 'ajv';
import type { Issue } from '../engine';
import { fromPointer, isJsonObject, ownMember, toPointer } from '../json';
import { resolveReference } from '../schema';
import type { JsonObject } from '../types';

/** Rules whose inner failures say nothing to a person. */
const OPAQUE: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'contains']);

/** Every broken rule that `errors` tell of, those within branches left out. */
export function ajvIssues(errors: readonly ErrorObject[], root: JsonObject): Issue[] {
  const branches = new Branches(errors, root);
  return errors.flatMap((error) => {
    const isNameRule = error.propertyName !== undefined || error.schemaPath.includes('/propertyNames/');
    return isNameRule || branches.hold(error) ? [] : toIssue(error);
  });
}

/** The branches that failed, by the place of the value they were for. */
class Branches {
  private readonly byPath = new Map<string, ErrorObject[]>();
  private readonly reached = new Map<unknown, Map<string, ReadonlySet<object>>>();

  constructor(
    errors: readonly ErrorObject[],
    private readonly root: JsonObject,
  ) {
    for (const error of errors) {
      if (!OPAQUE.has(error.keyword)) continue;
      const known = this.byPath.get(error.instancePath);
      if (known) known.push(error);
      else this.byPath.set(error.instancePath, [error]);
    }
  }

  hold(error: ErrorObject): boolean {
    const segments = fromPointer(error.instancePath);
    for (let depth = 0; depth <= segments.length; depth += 1) {
      const below = segments.slice(depth);
      for (const branch of this.byPath.get(toPointer(segments.slice(0, depth))) ?? []) {
        if (branch !== error && this.isWithin(branch, error, below)) return true;
      }
    }
    return false;
  }

  private isWithin(branch: ErrorObject, error: ErrorObject, below: readonly string[]): boolean {
    if (error.schemaPath.startsWith(`${branch.schemaPath}/`)) return true;
    const isAboutEntry = branch.keyword === 'contains';
    if (isAboutEntry && below.length === 0) return false;
    return this.reachedFrom(branch.schema, isAboutEntry ? below.slice(1) : below).has(holderOf(error, this.root));
  }

  private reachedFrom(schema: unknown, segments: readonly string[]): ReadonlySet<object> {
    const ofSchema = this.reached.get(schema) ?? new Map<string, ReadonlySet<object>>();
    this.reached.set(schema, ofSchema);
    const key = toPointer(segments);
    const known = ofSchema.get(key) ?? reachedAt(this.root, schema, segments);
    ofSchema.set(key, known);
    return known;
  }
}

/** The schema whose rule is broken; for a `false` in place of a schema, what holds it. */
function holderOf(error: ErrorObject, root: JsonObject): object {
  if (typeof error.parentSchema === 'object') return error.parentSchema;
  let current: unknown = root;
  let holder: object = root;
  for (const segment of fromPointer(decodeURIComponent(error.schemaPath.slice(1)))) {
    if (typeof current === 'object' && current !== null) holder = current;
    current = Array.isArray(current) ? (current as unknown[])[Number(segment)] : ownMember(current, segment);
  }
  return holder;
}

const FOR_SAME_VALUE = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'not', 'dependencies'] as const;
const FOR_ENTRIES = ['items', 'additionalItems', 'contains'] as const;

/** Everything in `schema` that speaks about the value at `segments` below the one that `schema` is for. */
function reachedAt(root: JsonObject, schema: unknown, segments: readonly string[]): ReadonlySet<object> {
  let reached = new Set<object>();
  visitSameValue(root, schema, reached);
  for (const segment of segments) {
    const next = new Set<object>();
    for (const part of reached) {
      if (!isJsonObject(part)) continue;
      const members = [ownMember(part.properties, segment), part.additionalProperties];
      for (const keyword of FOR_ENTRIES) members.push(part[keyword]);
      // What holds a `false` counts as the place of that `false`.
      for (const holder of [part, part.properties, part.items]) {
        if (typeof holder === 'object' && holder !== null && members.includes(false)) next.add(holder);
      }
      for (const member of members) visitSameValue(root, member, next);
    }
    reached = next;
  }
  return reached;
}

function visitSameValue(root: JsonObject, part: unknown, found: Set<object>): void {
  if (typeof part !== 'object' || part === null || found.has(part)) return;
  found.add(part);
  if (Array.isArray(part)) {
    for (const member of part) visitSameValue(root, member, found);
    return;
  }
  if (!isJsonObject(part)) return;
  visitSameValue(root, resolveReference(root, part.$ref), found);
  for (const keyword of FOR_SAME_VALUE) {
    visitSameValue(root, part[keyword], found);
    if (keyword !== 'dependencies' || !isJsonObject(part.dependencies)) continue;
    for (const dependency of Object.values(part.dependencies)) visitSameValue(root, dependency, found);
  }
}

function toIssue(error: ErrorObject): Issue[] {
  const { instancePath: path, keyword, schema: rule } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  const under = (name: unknown) => `${path}${toPointer([String(name)])}`;
  switch (keyword) {
    case 'if':
      return [];
    case 'required':
      return [{ path: under(params.missingProperty), keyword, rule: true }];
    case 'dependencies':
      return [{ path: under(params.missingProperty), keyword, rule: true }];
    case 'additionalProperties':
      return [{ path: under(params.additionalProperty), keyword: 'notAllowed', rule: false }];
    case 'additionalItems':
      return extraEntries(error.data, Number(params.limit)).map((index) => ({
        path: under(index),
        keyword: 'notAllowed',
        rule: false,
      }));
    case 'false schema':
      return [{ path, keyword: 'notAllowed', rule: false }];
    default:
      return [{ path, keyword, rule }];
  }
}

function extraEntries(list: unknown, limit: number): number[] {
  return Array.isArray(list) ? [...list.keys()].slice(limit) : [];
}
