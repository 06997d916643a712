/**
 * The schema as the form library gets it for drawing; answers are checked against the pinned one. Left out is what
 * would answer for the person or show a raw template: defaults whose values come with the form data, since the library
 * would put them back where the person has emptied the field, and the `const` of a box that has to be ticked.
 */
import { choicesOf } from '@/lib/forms/choices';
import { isJsonObject, isUnsafeName } from '@/lib/forms/json';
import { presetRows } from '@/lib/forms/presetRows';
import { typesOf } from '@/lib/forms/schema';
import { hasPlaceholders } from '@/lib/forms/templates';
import type { JsonObject } from '@/lib/forms/types';

/** Widget names a form may use. A name that is not known here is ignored rather than fatal. */
export const KNOWN_WIDGETS: readonly string[] = [
  'text',
  'textarea',
  'password',
  'email',
  'uri',
  'date',
  'date-time',
  'datetime',
  'time',
  'color',
  'updown',
  'range',
  'select',
  'radio',
  'checkbox',
  'checkboxes',
];

/** Stands in the drawn schema for the `const` of a box that has to be ticked. */
export const MUST_BE_TRUE = 'x-must-be-true';

/** Keywords whose subschemas decide something; they stay as they are. */
const CONDITIONS: ReadonlySet<string> = new Set([
  'if',
  'not',
  'contains',
  'propertyNames',
  'enum',
  'const',
  'required',
]);

/** Where in the schema a part stands. */
interface Place {
  /** In one of several: there the constant is what tells them apart. */
  readonly isBranch: boolean;
  /** What it describes may come into being while somebody types, and begins with its defaults. */
  readonly isNew: boolean;
  /** How many rows lists begin with, by their place in the pinned schema. */
  readonly preset: ReadonlyMap<JsonObject, number>;
}

export function renderSchema(schema: JsonObject): JsonObject {
  const { $id: _id, $schema: _schema, ...root } = schema;
  const copy = copyPart(root, { isBranch: false, isNew: false, preset: presetRows(schema) });
  return isJsonObject(copy) ? copy : {};
}

const BRANCHES: ReadonlySet<string> = new Set(['oneOf', 'anyOf']);
const NEW_PARTS: ReadonlySet<string> = new Set([
  ...BRANCHES,
  'items',
  'additionalItems',
  'additionalProperties',
  'definitions',
  '$defs',
]);

function copyPart(value: unknown, place: Place): unknown {
  if (Array.isArray(value)) return value.map((item) => copyPart(item, place));
  if (!isJsonObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [keyword, member] of Object.entries(value)) {
    if (keyword === 'default' && (!place.isNew || holdsTemplate(member))) continue;
    if (keyword === 'const' && !place.isBranch && typesOf([value]).includes('boolean')) {
      copy[MUST_BE_TRUE] = member === true;
      continue;
    }
    if (keyword === 'minItems' && typeof member === 'number') {
      copy[keyword] = Math.min(member, place.preset.get(value) ?? 0);
      continue;
    }
    const below: Place = {
      isBranch: place.isBranch || BRANCHES.has(keyword),
      isNew: place.isNew || NEW_PARTS.has(keyword),
      preset: place.preset,
    };
    if (keyword === 'default' || CONDITIONS.has(keyword)) copy[keyword] = member;
    else if (NAME_MAPS.has(keyword) && isJsonObject(member)) copy[keyword] = copyMembers(member, below);
    else copy[keyword] = copyPart(member, below);
  }
  const type = typeOfChoices(value);
  return type === undefined ? copy : { ...copy, type };
}

/** The library draws nothing for choices whose type is not written down. */
function typeOfChoices(schema: JsonObject): string | undefined {
  const choices = schema.type === undefined ? choicesOf([schema]) : undefined;
  const types = new Set(choices?.map(({ value }) => typeof value));
  const [type] = types;
  return types.size === 1 && (type === 'string' || type === 'number' || type === 'boolean') ? type : undefined;
}

const NAME_MAPS: ReadonlySet<string> = new Set([
  'properties',
  'definitions',
  '$defs',
  'dependencies',
  'patternProperties',
]);

function copyMembers(members: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(members).filter(([name]) => !isUnsafeName(name));
  return Object.fromEntries(entries.map(([name, member]) => [name, copyPart(member, place)]));
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return hasPlaceholders(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}

/**
 * The ui schema for drawing: without widgets that do not exist, without names that run code of the library, and without
 * values that would make it give up the page.
 */
export function renderUiSchema(uiSchema: JsonObject | null | undefined): JsonObject {
  const copy = copyUi(uiSchema ?? {});
  return isJsonObject(copy) ? copy : {};
}

function copyUi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyUi);
  if (!isJsonObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (isUnsafeName(name) || name === 'classNames') continue;
    if (name === 'ui:options') Object.assign(copy, isJsonObject(member) && { [name]: copyOptions(member) });
    else if (name === 'ui:field') Object.assign(copy, member === 'hidden' && { 'ui:widget': 'hidden' });
    else if (!name.startsWith('ui:')) copy[name] = copyUi(member);
    else if (isUsable(name.slice(3), member)) copy[name] = copyOption(name.slice(3), member);
  }
  return copy;
}

function copyOptions(options: JsonObject): JsonObject {
  const usable = Object.entries(options).filter(([name, value]) => !isUnsafeName(name) && isUsable(name, value));
  return Object.fromEntries(usable.map(([name, value]) => [name, copyOption(name, value)]));
}

function isUsable(option: string, value: unknown): boolean {
  if (IGNORED_OPTIONS.has(option)) return false;
  if (option === 'widget') return typeof value === 'string' && (value === 'hidden' || KNOWN_WIDGETS.includes(value));
  if (option === 'order') return Array.isArray(value);
  return typeof value === 'string' || !TEXT_OPTIONS.has(option);
}

/** Where an order leaves fields out, the library draws none of them: they come last. */
function copyOption(option: string, value: unknown): unknown {
  if (option !== 'order' || !Array.isArray(value)) return copyUi(value);
  // Nor does it draw any of them where the same stands twice in it.
  const names = new Set(value.filter((name): name is string => typeof name === 'string'));
  return [...names.add('*')];
}

/** Styles and classes of a tenant would break the page's look and its content security policy. */
const IGNORED_OPTIONS: ReadonlySet<string> = new Set(['style', 'classNames', 'submitButtonOptions', 'field']);
const TEXT_OPTIONS: ReadonlySet<string> = new Set(['title', 'description', 'help', 'placeholder']);
