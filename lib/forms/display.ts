/** A form with its answers as text to read: for completed tasks and for people who may look but not decide. */
import { choicesOf } from './choices';
import type { SchemaEngine } from './engine';
import { isJsonObject, ownMember } from './json';
import { formatAmount, moneyOf } from './money';
import { formatNumber, LOCALE } from './numbers';
import { shownText } from './projection';
import {
  activeSubschemas,
  asList,
  childUi,
  isHidden,
  itemSchemas,
  labelOf,
  memberNames,
  memberSchemas,
  typesOf,
} from './schema';
import { NOTHING } from './templates';
import type { FormDefinition, FormTexts, JsonObject } from './types';

/** One line of a form that is only read. */
export type ReadOnlyRow =
  | { readonly kind: 'text'; readonly name: string; readonly label: string; readonly text: string }
  | { readonly kind: 'group'; readonly name: string; readonly label: string; readonly rows: readonly ReadOnlyRow[] };

export interface ReadOnlyRowsParams {
  readonly form: FormDefinition;
  readonly texts: FormTexts;
  /** The answers, stored or projected. */
  readonly data: JsonObject;
  readonly engine: SchemaEngine;
}

/** The lines of a form in its order: the fields that are shown for these answers, hidden ones left out. */
export function readOnlyRows({ form, texts, data, engine }: ReadOnlyRowsParams): ReadOnlyRow[] {
  const root = form.jsonSchema;
  const isValid = (part: JsonObject, value: unknown) => engine.isValid(part, value, root);
  const rowsOf = (start: readonly JsonObject[], ui: unknown, value: JsonObject, depth: number): ReadOnlyRow[] => {
    const schemas = activeSubschemas(root, start, value, isValid);
    return inOrder(memberNames(schemas), ui).flatMap((name) => {
      const memberUi = childUi(ui, name);
      if (isHidden(memberUi)) return [];
      const member = activeSubschemas(root, memberSchemas(schemas, name), value[name], isValid);
      const label = shownText(texts, labelOf(member, memberUi, name));
      return [rowOf(name, label, member, memberUi, ownMember(value, name), depth)];
    });
  };
  const rowOf = (
    name: string,
    label: string,
    schemas: readonly JsonObject[],
    ui: JsonObject,
    value: unknown,
    depth: number,
  ): ReadOnlyRow => {
    const isGroup = typesOf(schemas).includes('object') || memberNames(schemas).length > 0;
    if (isGroup && depth < 16) {
      const rows = rowsOf(schemas, ui, isJsonObject(value) ? value : {}, depth + 1);
      return { kind: 'group', name, label, rows };
    }
    if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null) && depth < 16) {
      const rows = value.map((item: unknown, index) =>
        rowOf(
          String(index),
          `${label}, entry ${index + 1}`,
          itemSchemas(schemas, index),
          childUi(ui, 'items'),
          item,
          depth + 1,
        ),
      );
      return { kind: 'group', name, label, rows };
    }
    return { kind: 'text', name, label, text: displayText(schemas, ui, value, texts) };
  };
  return rowsOf([root], form.uiSchema, data, 0);
}

/** A value as a person reads it: the words of a choice, yes and no, amounts with their currency, dates in words. */
export function displayText(schemas: readonly JsonObject[], ui: JsonObject, value: unknown, texts: FormTexts): string {
  if (value === undefined || value === null || value === '') return NOTHING;
  const choice = choicesOf(schemas)?.find((candidate) => candidate.value === value);
  if (choice) return shownText(texts, choice.title);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') {
    const money = moneyOf(ui);
    return money ? formatAmount(value, money) : formatNumber(value);
  }
  if (typeof value === 'string') return displayDate(schemas, value) ?? value;
  if (Array.isArray(value)) {
    const parts = value.map((item: unknown, index) => displayText(itemSchemas(schemas, index), {}, item, texts));
    return parts.length === 0 ? NOTHING : parts.join(', ');
  }
  return JSON.stringify(value) ?? NOTHING;
}

function displayDate(schemas: readonly JsonObject[], value: string): string | undefined {
  const format = schemas.find((schema) => typeof schema.format === 'string')?.format;
  const at = new Date(value);
  if ((format !== 'date' && format !== 'date-time') || Number.isNaN(at.getTime())) return undefined;
  const day = at.toLocaleDateString(`${LOCALE}-GB`, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  if (format === 'date') return day;
  const time = at.toLocaleTimeString(`${LOCALE}-GB`, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
  return `${day}, ${time} UTC`;
}

function inOrder(names: readonly string[], ui: unknown): string[] {
  const order = asList(ownMember(ui, 'ui:order')).filter((name): name is string => typeof name === 'string');
  if (order.length === 0) return [...names];
  const listed = new Set(order);
  const others = names.filter((name) => !listed.has(name));
  const places = listed.has('*') ? order : [...order, '*'];
  return places.flatMap((name) => (name === '*' ? others : names.includes(name) ? [name] : []));
}
