/**
 * What happens to an answer before it counts, the same on both sides: blanks are dropped, read-only and hidden values
 * are replaced by those of the context data, what the form does not ask for is left out, and the rest is checked
 * against the pinned schema and the chosen outcome. The browser runs it to help; the server's run decides.
 */
import type { Issue, SchemaEngine } from './engine';
import { explainedIssues, onePerField } from './issues';
import { cleanJson, fromPointer, isJsonObject, isUnsafeName, ownMember, sameJson, toPointer, valueAt } from './json';
import { messageFor } from './messages';
import { outcomesOf } from './outcomes';
import {
  activeSubschemas,
  allSubschemas,
  childUi,
  isComputed,
  itemSchemas,
  memberNames,
  memberSchemas,
  typesOf,
  unconditionalSubschemas,
} from './schema';
import type { FieldError, FormDefinition, FormProjection, JsonObject, Outcome, SubmissionResult } from './types';

/** A condition may depend on a field that another condition shows; this many rounds settle any sensible form. */
const MAX_ROUNDS = 4;

export interface SubmissionParams {
  readonly form: FormDefinition;
  /** What the form showed before anybody typed. */
  readonly projection: FormProjection;
  /** The outcome that was chosen; null for a form without outcomes. */
  readonly outcome: string | null;
  readonly data: unknown;
  readonly engine: SchemaEngine;
}

/**
 * Checks an answer and makes the output of the task from it.
 * @throws SchemaUnusableError when the form itself cannot be used.
 */
export function checkSubmission(params: SubmissionParams): SubmissionResult {
  const { form, projection, engine } = params;
  const output = outputOf(params);
  const outcomes = outcomesOf(form);
  const outcome = outcomes.find(({ value }) => value === params.outcome);
  if (!outcome && (outcomes.length > 0 || params.outcome !== null)) {
    return { ok: false, fieldErrors: [], formError: unknownOutcomeMessage(outcomes) };
  }
  const broken = [
    ...explainedIssues(engine, form, form.jsonSchema, output),
    ...(outcome ? missingForOutcome(form, outcome, output) : []),
  ].filter((issue) => !isComputedPath(form, issue.path));
  if (broken.length === 0) return { ok: true, output };
  const fieldErrors = onePerField(form, broken).map((issue): FieldError => {
    const message = messageFor(form, projection.texts, issue, output);
    return { path: issue.path, keyword: issue.keyword, message };
  });
  return { ok: false, fieldErrors };
}

/** The answer as it will be stored, checked or not: also what the completed task shows. */
export function outputOf(params: Omit<SubmissionParams, 'outcome'>): JsonObject {
  const { form, projection, data, engine } = params;
  const root = form.jsonSchema;
  const typed = withoutBlanks(root, [root], cleanJson(isJsonObject(data) ? data : {}));
  const conformer: Conformer = { root, isValid: (part, value) => engine.isValid(part, value, root) };
  const output = conform(conformer, [root], form.uiSchema, typed, projection.formData);
  return isJsonObject(output) ? output : {};
}

function unknownOutcomeMessage(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return 'This form has no outcomes to choose from. Send it without one.';
  return `Choose one of these to finish the task: ${outcomes.map(({ title }) => title).join(', ')}.`;
}

function missingForOutcome(form: FormDefinition, outcome: Outcome, output: JsonObject): Issue[] {
  return outcome.required.flatMap((name) => {
    const path = name.startsWith('/') ? name : toPointer([name]);
    const value = valueAt(output, fromPointer(path));
    const isEmptyList = Array.isArray(value) && value.length === 0;
    return value === undefined || value === null || isEmptyList ? [{ path, keyword: 'outcome', rule: true }] : [];
  });
}

/** A person cannot put right what she cannot change, so such a field never keeps her from answering. */
function isComputedPath(form: FormDefinition, path: string): boolean {
  let schemas = allSubschemas(form.jsonSchema, [form.jsonSchema]);
  let ui: unknown = form.uiSchema;
  for (const segment of fromPointer(path)) {
    const isEntry = /^\d+$/.test(segment) && schemas.some((schema) => schema.items !== undefined);
    const next = isEntry ? itemSchemas(schemas, Number(segment)) : memberSchemas(schemas, segment);
    schemas = allSubschemas(form.jsonSchema, next);
    const own = childUi(ui, isEntry ? 'items' : segment);
    if (isComputed(schemas, own)) return true;
    ui = own;
  }
  return false;
}

/** Without members that hold nothing: an emptied text field is an answer not given, not an empty answer. */
function withoutBlanks(root: JsonObject, start: readonly JsonObject[], value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const schemas = allSubschemas(root, start);
  if (Array.isArray(value)) {
    return value.map((item, index) => withoutBlanks(root, itemSchemas(schemas, index), item));
  }
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const declared = allSubschemas(root, memberSchemas(schemas, name));
    if (!isBlank(declared, member)) result[name] = withoutBlanks(root, declared, member);
  }
  return result;
}

function isBlank(schemas: readonly JsonObject[], value: unknown): boolean {
  const isOffered = () =>
    schemas.some((schema) => schema.const === value || (Array.isArray(schema.enum) && schema.enum.includes(value)));
  if (value === null) return !typesOf(schemas).includes('null') && schemas.length > 0 && !isOffered();
  return typeof value === 'string' && value.trim() === '' && !isOffered();
}

interface Conformer {
  readonly root: JsonObject;
  readonly isValid: (part: JsonObject, value: unknown) => boolean;
}

function conform(
  to: Conformer,
  start: readonly JsonObject[],
  ui: unknown,
  value: unknown,
  projected: unknown,
): unknown {
  // Where the form says nothing about a value, any value is meant.
  if (start.every((schema) => Object.keys(schema).length === 0)) return value;
  if (isJsonObject(value)) return conformObject(to, start, ui, value, projected);
  if (!Array.isArray(value)) return value;
  const schemas = activeSubschemas(to.root, start, value, to.isValid);
  const itemUi = childUi(ui, 'items');
  const rows = Array.isArray(projected) ? [...(projected as unknown[])] : [];
  return value.map((item, index) => {
    const ofItem = itemSchemas(schemas, index);
    const row = takeRow(to, ofItem, itemUi, item, rows);
    return conform(to, ofItem, itemUi, item, row);
  });
}

/**
 * The projected row that `item` came from. Rows may have been moved or removed, so an entry is known by its read-only
 * values; one that matches no row is new, and has none.
 */
function takeRow(
  to: Conformer,
  schemas: readonly JsonObject[],
  ui: JsonObject,
  item: unknown,
  rows: unknown[],
): unknown {
  const declared = allSubschemas(to.root, schemas);
  const fixed = memberNames(declared).filter((name) => isComputed(memberSchemas(declared, name), childUi(ui, name)));
  const isSameRow = (row: unknown) => fixed.every((name) => sameJson(ownMember(row, name), ownMember(item, name)));
  const index = rows.findIndex(isSameRow);
  return index === -1 ? undefined : rows.splice(index, 1)[0];
}

function conformObject(
  to: Conformer,
  start: readonly JsonObject[],
  ui: unknown,
  value: JsonObject,
  projected: unknown,
): JsonObject {
  const always = unconditionalSubschemas(to.root, start);
  const whole = overwriteComputed(to, always, ui, value, projected);
  let current = whole;
  let active: readonly JsonObject[] = always;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = activeSubschemas(to.root, start, current, to.isValid);
    const isSettled = round > 0 && sameSchemas(next, active);
    active = next;
    if (isSettled) break;
    current = keepDeclared(to, active, ui, overwriteComputed(to, active, ui, whole, projected), projected);
  }
  return current;
}

function sameSchemas(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  return a.length === b.length && a.every((schema, index) => schema === b[index]);
}

function overwriteComputed(
  to: Conformer,
  schemas: readonly JsonObject[],
  ui: unknown,
  value: JsonObject,
  projected: unknown,
): JsonObject {
  const result: Record<string, unknown> = { ...value };
  for (const name of memberNames(schemas)) {
    if (isUnsafeName(name)) continue;
    const declared = unconditionalSubschemas(to.root, memberSchemas(schemas, name));
    if (!isComputed(declared, childUi(ui, name))) continue;
    const known = ownMember(projected, name);
    if (known === undefined) delete result[name];
    else result[name] = known;
  }
  return result;
}

function keepDeclared(
  to: Conformer,
  schemas: readonly JsonObject[],
  ui: unknown,
  value: JsonObject,
  projected: unknown,
): JsonObject {
  const result: Record<string, unknown> = {};
  const declared = memberNames(schemas);
  for (const name of declared) {
    if (isUnsafeName(name)) continue;
    const ofMember = memberSchemas(schemas, name);
    const memberUi = childUi(ui, name);
    if (!Object.hasOwn(value, name)) {
      const fixed = fixedWithin(to, ofMember, memberUi, ownMember(projected, name));
      if (fixed !== undefined) result[name] = fixed;
      continue;
    }
    const isFixed = isComputed(unconditionalSubschemas(to.root, ofMember), memberUi);
    const member = value[name];
    result[name] = isFixed ? member : conform(to, ofMember, memberUi, member, ownMember(projected, name));
  }
  for (const name of Object.keys(value)) {
    const others = declared.includes(name) ? undefined : othersAllowed(schemas, name);
    if (others) result[name] = conform(to, others, childUi(ui, name), value[name], ownMember(projected, name));
  }
  return result;
}

/** The read-only values of a group that was left out: sent or not, they are part of the answer. */
function fixedWithin(
  to: Conformer,
  schemas: readonly JsonObject[],
  ui: unknown,
  projected: unknown,
): JsonObject | undefined {
  if (!isJsonObject(projected)) return undefined;
  const fixed = conformObject(to, schemas, ui, {}, projected);
  return Object.keys(fixed).length === 0 ? undefined : fixed;
}

/** The subschemas for a member that is not declared by name, or undefined where the form does not ask for more. */
function othersAllowed(schemas: readonly JsonObject[], name: string): JsonObject[] | undefined {
  const open = schemas.filter(
    ({ additionalProperties }) => additionalProperties === true || isJsonObject(additionalProperties),
  );
  if (isUnsafeName(name) || open.length === 0) return undefined;
  return open.map(({ additionalProperties }) => additionalProperties).filter(isJsonObject);
}
