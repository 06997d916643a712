/**
 * Reading a JSON Schema without changing it: which subschemas speak about a value, how a field looks, what it is
 * called. Only local references (`#/definitions/...`) exist.
 */
import { isJsonObject, ownMember, valueAt, fromPointer } from './json';
import type { FormDefinition, JsonObject } from './types';

/** Decides whether a value satisfies a subschema: the only question a conditional field asks. */
export type IsValid = (schema: JsonObject, value: unknown) => boolean;

const EVERY_BRANCH = 'every branch';
/** `unconditional` leaves out everything that depends on the value. */
const NO_BRANCH = 'unconditional';
type BranchRule = IsValid | typeof EVERY_BRANCH | typeof NO_BRANCH;

const MAX_REFERENCE_HOPS = 32;

/** The subschema a local reference points to, or undefined. */
export function resolveReference(root: JsonObject, reference: unknown): JsonObject | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  let pointer: string;
  try {
    pointer = decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
  const target = valueAt(root, fromPointer(pointer));
  return isJsonObject(target) ? target : undefined;
}

/** Every subschema that could ever speak about the same value as `schemas`: all branches, whatever the value is. */
export function allSubschemas(root: JsonObject, schemas: readonly JsonObject[]): JsonObject[] {
  return collect(root, schemas, undefined, EVERY_BRANCH);
}

/** The subschemas that speak about the value whatever it is: no `if`, no `oneOf`. */
export function unconditionalSubschemas(root: JsonObject, schemas: readonly JsonObject[]): JsonObject[] {
  return collect(root, schemas, undefined, NO_BRANCH);
}

/**
 * The subschemas that speak about `value` as it is now. Of `oneOf` and `anyOf` the branches it satisfies count; where
 * it satisfies none, all count, so that nothing a person typed is lost before the error is shown.
 */
export function activeSubschemas(
  root: JsonObject,
  schemas: readonly JsonObject[],
  value: unknown,
  isValid: IsValid,
): JsonObject[] {
  return collect(root, schemas, value, isValid);
}

function collect(root: JsonObject, start: readonly JsonObject[], value: unknown, rule: BranchRule): JsonObject[] {
  const found = new Set<JsonObject>();
  const visit = (schema: unknown, hops: number): void => {
    if (!isJsonObject(schema) || found.has(schema) || hops > MAX_REFERENCE_HOPS) return;
    found.add(schema);
    if (schema.$ref !== undefined) visit(resolveReference(root, schema.$ref), hops + 1);
    for (const part of asList(schema.allOf)) visit(part, hops + 1);
    if (rule === NO_BRANCH) return;
    visitCondition(schema, value, rule, (part) => visit(part, hops + 1));
    visitDependencies(schema, value, rule, (part) => visit(part, hops + 1));
    for (const options of [asList(schema.oneOf), asList(schema.anyOf)]) {
      for (const option of chosen(options, value, rule)) visit(option, hops + 1);
    }
  };
  for (const schema of start) visit(schema, 0);
  return [...found];
}

type Visit = (schema: unknown) => void;

function visitCondition(schema: JsonObject, value: unknown, rule: Exclude<BranchRule, typeof NO_BRANCH>, visit: Visit) {
  if (schema.if === undefined) return;
  if (rule === EVERY_BRANCH) {
    visit(schema.then);
    visit(schema.else);
    return;
  }
  const holds = isJsonObject(schema.if) ? rule(schema.if, value) : schema.if === true;
  visit(holds ? schema.then : schema.else);
}

function visitDependencies(schema: JsonObject, value: unknown, rule: BranchRule, visit: Visit) {
  if (!isJsonObject(schema.dependencies)) return;
  for (const [name, dependency] of Object.entries(schema.dependencies)) {
    if (rule === EVERY_BRANCH || ownMember(value, name) !== undefined) visit(dependency);
  }
}

function chosen(options: readonly unknown[], value: unknown, rule: Exclude<BranchRule, typeof NO_BRANCH>): unknown[] {
  if (rule === EVERY_BRANCH) return [...options];
  const satisfied = options.filter((option) => isJsonObject(option) && rule(option, value));
  return satisfied.length > 0 ? satisfied : [...options];
}

/** The subschemas that `schemas` declare for the member `name` of an object. */
export function memberSchemas(schemas: readonly JsonObject[], name: string): JsonObject[] {
  return schemas.map((schema) => ownMember(schema.properties, name)).filter(isJsonObject);
}

/** The names that `schemas` declare for an object, in the order of the form. */
export function memberNames(schemas: readonly JsonObject[]): string[] {
  const names = new Set<string>();
  for (const schema of schemas) {
    if (isJsonObject(schema.properties)) for (const name of Object.keys(schema.properties)) names.add(name);
  }
  return [...names];
}

/** The subschemas for entry `index` of a list. */
export function itemSchemas(schemas: readonly JsonObject[], index: number): JsonObject[] {
  return schemas
    .map(({ items, additionalItems }): unknown => (Array.isArray(items) ? (items[index] ?? additionalItems) : items))
    .filter(isJsonObject);
}

/** The JSON types `schemas` allow; empty when they do not say. */
export function typesOf(schemas: readonly JsonObject[]): string[] {
  const types = schemas.flatMap((schema) => (schema.type === undefined ? [] : asListOrOne(schema.type)));
  return [...new Set(types.filter((type) => typeof type === 'string'))];
}

/** Every subschema that could describe the value at `segments`, and how that field looks. */
export function fieldAt(
  form: FormDefinition,
  segments: readonly string[],
): { readonly schemas: JsonObject[]; readonly ui: JsonObject } {
  let schemas = allSubschemas(form.jsonSchema, [form.jsonSchema]);
  let ui: unknown = form.uiSchema;
  for (const segment of segments) {
    const isEntry = /^\d+$/.test(segment) && schemas.some((schema) => schema.items !== undefined);
    const next = isEntry ? itemSchemas(schemas, Number(segment)) : memberSchemas(schemas, segment);
    schemas = allSubschemas(form.jsonSchema, next);
    ui = childUi(ui, isEntry ? 'items' : segment);
  }
  return { schemas, ui: isJsonObject(ui) ? ui : {} };
}

/** The ui schema of a member, or of the entries (`items`) of a list. */
export function childUi(ui: unknown, name: string): JsonObject {
  const child = ownMember(ui, name);
  return isJsonObject(child) ? child : {};
}

/** A ui option, written `ui:name` or inside `ui:options`. */
export function uiOption(ui: JsonObject, name: string): unknown {
  return ownMember(ui, `ui:${name}`) ?? ownMember(ui['ui:options'], name);
}

/** True for a field nobody can see. */
export function isHidden(ui: JsonObject): boolean {
  return uiOption(ui, 'widget') === 'hidden' || uiOption(ui, 'field') === 'hidden';
}

/**
 * True for a field whose value the person does not decide: read-only, switched off or hidden. Its value comes from the
 * context data alone.
 */
export function isComputed(schemas: readonly JsonObject[], ui: JsonObject): boolean {
  const readOnly = uiOption(ui, 'readonly') ?? schemas.some((schema) => schema.readOnly === true);
  return readOnly === true || uiOption(ui, 'disabled') === true || isHidden(ui);
}

/** What the field is called, as the form has it: its title, else its name in words. */
export function labelOf(schemas: readonly JsonObject[], ui: JsonObject, name: string): string {
  // The title of an option says what it offers, not what the field is called.
  const options = new Set(schemas.flatMap((schema) => [...asList(schema.oneOf), ...asList(schema.anyOf)]));
  const titled = schemas.find((schema) => typeof schema.title === 'string' && !options.has(schema));
  const title = uiOption(ui, 'title') ?? titled?.title;
  return typeof title === 'string' && title !== '' ? title : inWords(name);
}

function inWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asListOrOne(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
