/**
 * From a pinned form and the context data of a task to what the browser may see: values for the declared fields and
 * the texts with their placeholders filled in. The schema itself is never changed, and nothing of the context data
 * leaves the server that the form does not declare.
 */
import { isJsonObject, isUnsafeName, ownMember } from './json';
import {
  allSubschemas,
  childUi,
  isComputed,
  isHidden,
  itemSchemas,
  memberNames,
  memberSchemas,
  typesOf,
} from './schema';
import { expandTemplate, hasPlaceholders } from './templates';
import type { FormDefinition, FormProjection, FormTexts, JsonObject } from './types';

const TEXT_KEYWORDS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'help',
  'placeholder',
  'confirm',
  'ui:title',
  'ui:description',
  'ui:help',
  'ui:placeholder',
]);

/** True for words whose texts are shown, and so have their placeholders filled in. */
export const isTextKeyword = (name: string): boolean => TEXT_KEYWORDS.has(name) || name.startsWith('ui:');

const MAX_DEPTH = 16;
/** How many fields are looked at before the rest is left empty: bounds schemas that refer to themselves. */
const MAX_FIELDS = 20_000;

/**
 * Values and texts for a form. A context data member with the name of a field fills that field; else the field's
 * `default` does, with its placeholders expanded. null, and values that cannot become what the field holds, count as
 * not given.
 */
export function projectForm(form: FormDefinition, contextData: unknown): FormProjection {
  const projector = new Projector(form, contextData);
  return { formData: projector.formData(), texts: projector.texts() };
}

/**
 * What a form needs from the context data and does not find: paths its templates name, and read-only fields that
 * nothing fills. Each once, in the order of the form.
 */
export function findMissingKeys(form: FormDefinition, contextData: unknown): string[] {
  const projector = new Projector(form, contextData);
  const formData = projector.formData();
  projector.texts();
  const schemas = allSubschemas(form.jsonSchema, [form.jsonSchema]);
  for (const name of memberNames(schemas)) {
    const field = memberSchemas(schemas, name);
    const ui = childUi(form.uiSchema, name);
    const isShown = isComputed(field, ui) && !isHidden(ui);
    if (isShown && formData[name] === undefined && ownMember(contextData, name) === undefined) {
      projector.missing.add(name);
    }
  }
  return [...projector.missing];
}

/** A text as the person should see it. */
export function shownText(texts: FormTexts, text: string): string {
  const shown = ownMember(texts, text);
  return typeof shown === 'string' ? shown : text;
}

class Projector {
  readonly missing = new Set<string>();
  private readonly open = new Set<JsonObject>();
  private fields = 0;

  constructor(
    private readonly form: FormDefinition,
    private readonly contextData: unknown,
  ) {}

  formData(): JsonObject {
    const root = this.project([this.form.jsonSchema], this.contextData, 0);
    return isJsonObject(root) ? root : {};
  }

  texts(): FormTexts {
    const texts: Record<string, string> = {};
    const visit = (value: unknown, depth: number): void => {
      if (typeof value !== 'object' || value === null || depth > 64) return;
      for (const [name, member] of Object.entries(value)) {
        if (typeof member === 'string' && isTextKeyword(name)) {
          if (hasPlaceholders(member)) texts[member] = this.expand(member);
        } else if (name === 'ui:messages' && isJsonObject(member)) {
          for (const message of Object.values(member)) {
            if (typeof message === 'string' && hasPlaceholders(message)) texts[message] = this.expand(message);
          }
        } else {
          visit(member, depth + 1);
        }
      }
    };
    visit(this.form.jsonSchema, 0);
    visit(this.form.uiSchema, 0);
    return texts;
  }

  private expand(template: string): string {
    const { text, missing } = expandTemplate(template, this.contextData);
    for (const path of missing) this.missing.add(path);
    return text;
  }

  private project(start: readonly JsonObject[], given: unknown, depth: number): unknown {
    this.fields += 1;
    if (depth > MAX_DEPTH || this.fields > MAX_FIELDS) return undefined;
    const schemas = allSubschemas(this.form.jsonSchema, start);
    const value = given === null && !typesOf(schemas).includes('null') ? undefined : given;
    const projected = value === undefined ? undefined : this.fit(schemas, value, depth);
    if (projected !== undefined && !isEmptyObject(projected)) return projected;
    return this.defaultOf(schemas, depth);
  }

  /** The default of a field; a template in it is filled in and turned into what the field holds. */
  private defaultOf(schemas: readonly JsonObject[], depth: number): unknown {
    const declared = schemas.find((schema) => schema.default !== undefined)?.default;
    const expanded = declared === undefined ? undefined : this.expandDeep(declared, 0);
    if (expanded !== undefined) return this.fit(schemas, expanded, depth);
    const owner = schemas.find((schema) => isJsonObject(schema.properties));
    // Inside itself a schema has no end of defaults.
    if (!owner || this.open.has(owner)) return undefined;
    this.open.add(owner);
    const defaults = this.fit(schemas, {}, depth);
    this.open.delete(owner);
    return defaults;
  }

  private expandDeep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return hasPlaceholders(value) ? this.expand(value) : value;
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
    if (Array.isArray(value)) return value.map((item) => this.expandDeep(item, depth + 1));
    const entries = Object.entries(value).filter(([name]) => !isUnsafeName(name));
    return Object.fromEntries(entries.map(([name, member]) => [name, this.expandDeep(member, depth + 1)]));
  }

  /** `value` as something the field can hold, or undefined. Undeclared members are left out. */
  private fit(schemas: readonly JsonObject[], value: unknown, depth: number): unknown {
    const types = typesOf(schemas);
    const wants = (type: string) => types.length === 0 || types.includes(type);
    if (Array.isArray(value)) {
      if (!wants('array')) return undefined;
      return value.flatMap((item, index) => this.project(itemSchemas(schemas, index), item, depth + 1) ?? []);
    }
    if (isJsonObject(value)) return wants('object') ? this.fitObject(schemas, value, depth) : undefined;
    if (typeof value === 'number') {
      if (wants('number') || (types.includes('integer') && Number.isInteger(value))) return value;
      return types.includes('string') ? String(value) : undefined;
    }
    if (typeof value === 'boolean') {
      if (wants('boolean')) return value;
      return types.includes('string') ? String(value) : undefined;
    }
    if (typeof value === 'string') return wants('string') ? value : fromText(types, value);
    return value === null && wants('null') ? null : undefined;
  }

  private fitObject(schemas: readonly JsonObject[], value: JsonObject, depth: number): JsonObject {
    const result: Record<string, unknown> = {};
    const declared = memberNames(schemas);
    for (const name of declared) {
      if (isUnsafeName(name)) continue;
      const member = this.project(memberSchemas(schemas, name), ownMember(value, name), depth + 1);
      if (member !== undefined && !isEmptyObject(member)) result[name] = member;
    }
    // At the root an open schema would hand the whole context data to the browser; below it, the author asked for it.
    const open = depth === 0 ? undefined : schemas.find((schema) => isOpen(schema.additionalProperties));
    if (open) {
      const others = isJsonObject(open.additionalProperties) ? [open.additionalProperties] : [];
      for (const name of Object.keys(value)) {
        if (declared.includes(name) || isUnsafeName(name)) continue;
        const member = this.project(others, value[name], depth + 1);
        if (member !== undefined) result[name] = member;
      }
    }
    return result;
  }
}

function isOpen(additionalProperties: unknown): boolean {
  return additionalProperties === true || isJsonObject(additionalProperties);
}

function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function fromText(types: readonly string[], text: string): unknown {
  const trimmed = text.trim();
  const isNumber = /^-?\d+(\.\d+)?$/.test(trimmed);
  if (types.includes('integer') && /^-?\d+$/.test(trimmed)) return Number(trimmed);
  if (types.includes('number') && isNumber) return Number(trimmed);
  if (types.includes('boolean') && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  return undefined;
}
