/** From the broken rules a validator reports to the few that a person should read: one for each field. */
import type { Issue, SchemaEngine } from './engine';
import { fromPointer, isJsonObject, valueAt } from './json';
import { choicesOf } from './choices';
import { SUPPORTED_KEYWORDS } from './keywords';
import { asList, fieldAt, memberNames } from './schema';
import type { FormDefinition, JsonObject } from './types';

/** Rules that are told first when a field breaks several. */
const FIRST_KEYWORDS = ['required', 'outcome', 'type', 'enum', 'const', 'oneOf', 'anyOf'];
const MAX_EXPLAINED_DEPTH = 4;

/** The broken rules of `data`, with those of the most likely branch in place of "none of these branches". */
export function explainedIssues(
  engine: SchemaEngine,
  form: FormDefinition,
  schema: JsonObject,
  data: unknown,
  depth = 0,
): Issue[] {
  const issues = engine.issues(schema, data);
  return issues.flatMap((issue) => {
    const isBranching = issue.keyword === 'oneOf' || issue.keyword === 'anyOf';
    if (!isBranching || depth >= MAX_EXPLAINED_DEPTH) return [issue];
    return likelyBranchIssues(engine, form, schema, issue, data, depth) ?? [issue];
  });
}

/** One issue for each path, the fields in the order of the form. */
export function onePerField(form: FormDefinition, issues: readonly Issue[]): Issue[] {
  const byPath = new Map<string, Issue>();
  for (const issue of issues) {
    // Entries are compared once they are right: the validators differ in what else they compare.
    if (issue.keyword === 'uniqueItems' && issues.some(({ path }) => path.startsWith(`${issue.path}/`))) continue;
    const known = byPath.get(issue.path);
    if (!known || isToldBefore(issue, known)) byPath.set(issue.path, issue);
  }
  return [...byPath.values()]
    .map((issue) => ({ issue, position: positionOf(form, issue.path) }))
    .sort((a, b) => comparePositions(a.position, b.position) || (a.issue.path < b.issue.path ? -1 : 1))
    .map(({ issue }) => issue);
}

function likelyBranchIssues(
  engine: SchemaEngine,
  form: FormDefinition,
  root: JsonObject,
  issue: Issue,
  data: unknown,
  depth: number,
): Issue[] | undefined {
  const segments = fromPointer(issue.path);
  const value = valueAt(data, segments);
  const options = asList(issue.rule).filter(isJsonObject);
  const isChoice = choicesOf([{ oneOf: options }]) !== undefined;
  if (isChoice || (!isJsonObject(value) && !Array.isArray(value))) return undefined;
  let best: Issue[] | undefined;
  for (const option of options) {
    const found = explainedIssues(engine, form, withDefinitions(option, root), value, depth + 1);
    // Satisfied by two branches at once: no rule of a single branch tells what is wrong.
    if (found.length === 0) return undefined;
    const isOtherKind = found.some(({ path, keyword }) => path === '' || keyword === 'const' || keyword === 'enum');
    if (!isOtherKind && (!best || found.length < best.length)) best = found;
  }
  return best?.map((found) => ({ ...found, path: `${issue.path}${found.path}` }));
}

const withDefinitionsOf = new WeakMap<JsonObject, WeakMap<JsonObject, JsonObject>>();

/** A branch that can stand alone; the same object each time, so that validators can keep what they compiled. */
function withDefinitions(option: JsonObject, root: JsonObject): JsonObject {
  const ofRoot = withDefinitionsOf.get(root) ?? new WeakMap<JsonObject, JsonObject>();
  withDefinitionsOf.set(root, ofRoot);
  const known = ofRoot.get(option);
  if (known) return known;
  const alone = {
    ...option,
    ...(root.definitions !== undefined && { definitions: root.definitions }),
    ...(root.$defs !== undefined && { $defs: root.$defs }),
  };
  ofRoot.set(option, alone);
  return alone;
}

/** A total order, so that both validators' reports lead to the same sentence. */
function isToldBefore(issue: Issue, other: Issue): boolean {
  const difference = rank(issue) - rank(other);
  if (difference !== 0) return difference < 0;
  return (JSON.stringify(issue.rule) ?? '') < (JSON.stringify(other.rule) ?? '');
}

const TOLD_IN_ORDER: readonly string[] = [...new Set([...FIRST_KEYWORDS, ...Object.keys(SUPPORTED_KEYWORDS)])];

function rank(issue: Issue): number {
  const index = TOLD_IN_ORDER.indexOf(issue.keyword);
  return index === -1 ? TOLD_IN_ORDER.length : index;
}

function positionOf(form: FormDefinition, path: string): number[] {
  const segments = fromPointer(path);
  return segments.map((segment, depth) => {
    const { schemas, ui } = fieldAt(form, segments.slice(0, depth));
    if (/^\d+$/.test(segment) && schemas.some((schema) => schema.items !== undefined)) return Number(segment);
    const order = asList(ui['ui:order']).filter((name) => typeof name === 'string' && name !== '*');
    const names = memberNames(schemas);
    const inOrder = order.indexOf(segment);
    if (inOrder !== -1) return inOrder;
    const inSchema = names.indexOf(segment);
    return order.length + (inSchema === -1 ? names.length : inSchema);
  });
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  for (let depth = 0; depth < Math.min(a.length, b.length); depth += 1) {
    const difference = (a[depth] ?? 0) - (b[depth] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
