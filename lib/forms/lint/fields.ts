/** What does not fit together: names of fields that there are not, buttons that cannot be told apart. */
import { isJsonObject, ownMember, toPointer } from '../json';
import {
  allSubschemas,
  asList,
  childUi,
  isComputed,
  isHidden,
  itemSchemas,
  memberNames,
  memberSchemas,
} from '../schema';
import { findMissingKeys } from '../projection';
import type { FormDefinition, JsonObject } from '../types';
import type { DocumentName, FindingAt } from './finding';
import { nearest } from './near';

/** Names in the ui schema that no field of the schema has. */
export function lintUiNames({ jsonSchema, uiSchema }: FormDefinition): FindingAt[] {
  const findings: FindingAt[] = [];
  const visit = (schemas: readonly JsonObject[], ui: JsonObject, path: readonly string[]): void => {
    if (path.length > 16) return;
    const declared = allSubschemas(jsonSchema, schemas);
    const names = memberNames(declared);
    const isOpen = declared.some(({ additionalProperties }) => additionalProperties !== undefined);
    for (const [name, child] of Object.entries(ui)) {
      if (name.startsWith('ui:') || name.startsWith('x-') || !isJsonObject(child)) continue;
      const items = name === 'items' ? itemSchemas(declared, 0) : [];
      if (names.includes(name)) visit(memberSchemas(declared, name), child, [...path, name]);
      else if (items.length > 0) visit(items, child, [...path, name]);
      else if (!isOpen && name !== 'additionalItems') {
        const pointer = toPointer([...path, name]);
        const message = `The schema has no field "${name}" here.${meantBy(name, names)} Correct the name, or take it away.`;
        findings.push({ severity: 'warning', rule: 'name', document: 'uiSchema', pointer, message, isName: true });
      }
    }
  };
  visit([jsonSchema], uiSchema ?? {}, []);
  return findings;
}

const UI_TEXTS = ['title', 'description', 'help', 'placeholder', 'widget'];

/** Options of the ui schema that are not what they have to be: they would be passed over. */
export function lintUiValues({ uiSchema }: FormDefinition): FindingAt[] {
  const findings: FindingAt[] = [];
  const tell = (path: readonly string[], message: string) =>
    findings.push({ severity: 'error', rule: 'shape', document: 'uiSchema', pointer: toPointer(path), message });
  const check = (option: string, value: unknown, path: readonly string[]) => {
    if (UI_TEXTS.includes(option) && typeof value !== 'string') tell(path, `"${path.at(-1)}" is a text.`);
    if (option === 'order' && !Array.isArray(value)) tell(path, `"${path.at(-1)}" is a list of names of fields.`);
  };
  const visit = (ui: JsonObject, path: readonly string[]): void => {
    if (path.length > 16) return;
    for (const [name, value] of Object.entries(ui)) {
      const at = [...path, name];
      if (name === 'ui:options') {
        if (isJsonObject(value))
          Object.entries(value).forEach(([option, each]) => check(option, each, [...at, option]));
        else tell(at, '"ui:options" is an object: { }.');
      } else if (name.startsWith('ui:')) check(name.slice(3), value, at);
      else if (isJsonObject(value) && !name.startsWith('x-')) visit(value, at);
    }
  };
  visit(uiSchema ?? {}, []);
  return findings;
}

/** Fields that are required and that there are not: nobody could ever answer the form. */
export function lintRequired({ jsonSchema }: FormDefinition): FindingAt[] {
  const names = memberNames(allSubschemas(jsonSchema, [jsonSchema]));
  return asList(jsonSchema.required).flatMap((name, index): FindingAt[] => {
    if (typeof name !== 'string' || names.includes(name)) return [];
    const pointer = toPointer(['required', index]);
    const message = `There is no field "${name}", so nobody could answer.${meantBy(name, names)} Add the field, or take the name away.`;
    return [{ severity: 'error', rule: 'name', document: 'jsonSchema', pointer, message }];
  });
}

/** Buttons: each its own value and key, and only fields that there are. */
export function lintOutcomes(form: FormDefinition): FindingAt[] {
  const document: DocumentName = ownMember(form.jsonSchema, 'x-outcomes') === undefined ? 'uiSchema' : 'jsonSchema';
  const declared = ownMember(document === 'jsonSchema' ? form.jsonSchema : form.uiSchema, 'x-outcomes');
  if (declared === undefined) return [];
  const findings: FindingAt[] = [];
  const tell = (path: readonly (string | number)[], message: string, severity: FindingAt['severity'] = 'error') =>
    findings.push({ severity, rule: 'outcome', document, pointer: toPointer(['x-outcomes', ...path]), message });
  if (!Array.isArray(declared)) tell([], 'Outcomes are a list, such as [{ "value": "approve", "title": "Approve" }].');
  const names = memberNames(allSubschemas(form.jsonSchema, [form.jsonSchema]));
  const values = new Set<string>();
  const keys = new Set<string>();
  asList(declared).forEach((entry, index) => {
    if (!isJsonObject(entry) || typeof entry.value !== 'string' || entry.value === '') {
      tell([index], 'An outcome needs a "value", which the workflow receives. Without it there is no button.');
      return;
    }
    if (values.has(entry.value)) tell([index, 'value'], `Two buttons send "${entry.value}". Give each its own value.`);
    values.add(entry.value);
    const key = typeof entry.key === 'string' ? entry.key.toUpperCase() : undefined;
    if (key !== undefined && keys.has(key)) tell([index, 'key'], `Two buttons have the key ${key}. Give each its own.`);
    if (key !== undefined) keys.add(key);
    asList(entry.required).forEach((name, position) => {
      if (typeof name !== 'string' || name.startsWith('/') || names.includes(name)) return;
      const message = `There is no field "${name}", so this button could never be used.${meantBy(name, names)}`;
      tell([index, 'required', position], message);
    });
  });
  return findings;
}

/** Fields that only tell something, and have nothing to tell. */
export function lintUnfilled(form: FormDefinition, sample: JsonObject): FindingAt[] {
  const properties = form.jsonSchema.properties;
  if (!isJsonObject(properties)) return [];
  const missing = new Set(findMissingKeys(form, sample));
  return Object.entries(properties).flatMap(([name, field]): FindingAt[] => {
    if (!missing.has(name) || !isJsonObject(field) || field.default !== undefined) return [];
    const ui = childUi(form.uiSchema, name);
    if (!isComputed([field], ui) || isHidden(ui)) return [];
    const message = `Nobody can type into "${name}" and nothing fills it. Give it a "default", or add "${name}" to the sample if workflows supply it.`;
    const pointer = toPointer(['properties', name]);
    return [{ severity: 'warning', rule: 'unfilled', document: 'jsonSchema', pointer, message, isName: true }];
  });
}

function meantBy(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
}
