/** What is new in a version of a form, in words: for those who approve it, and for those who only use it. */
import { choicesOf } from './choices';
import { isJsonObject, sameJson } from './json';
import { schemaParts } from './lint/walk';
import { outcomesOf } from './outcomes';
import { asList, childUi, isComputed, isHidden, labelOf, typesOf, uiOption } from './schema';
import type { FormDefinition, JsonObject, Outcome } from './types';

export interface Change {
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** What it is about, such as `Field “Comment”`. */
  readonly subject: string;
  /** Its name in the data, where it has one. */
  readonly name: string | null;
  /** What is so now, and what was so before. */
  readonly details: readonly string[];
}

/** Everything that differs, fields first, in the order of the newer version. Empty when the two are the same. */
export function describeDifference(before: FormDefinition, after: FormDefinition): readonly Change[] {
  const changes = [...fieldChanges(fieldsOf(before), fieldsOf(after)), ...outcomeChanges(before, after)];
  const rest = restChange(before, after);
  if (rest) changes.push(rest);
  const isSame = sameJson(before.jsonSchema, after.jsonSchema) && sameJson(before.uiSchema ?? {}, after.uiSchema ?? {});
  if (changes.length === 0 && !isSame) {
    const details = ['Details that no field shows. The texts below say which.'];
    changes.push({ kind: 'changed', subject: 'The form', name: null, details });
  }
  return changes;
}

interface FieldLook {
  readonly name: string;
  readonly label: string;
  /** Aspect by aspect, in words. */
  readonly aspects: ReadonlyMap<string, string>;
}

function fieldsOf(form: FormDefinition): ReadonlyMap<string, FieldLook> {
  const parts = schemaParts(form.jsonSchema);
  const byField = new Map<string, { readonly path: readonly string[]; readonly schemas: JsonObject[] }>();
  const required = new Set<string>();
  for (const { schema, path, field } of parts) {
    // An option of a choice is no field; what it offers is told with the choices.
    const isOption = 'const' in schema && (path.at(-2) === 'oneOf' || path.at(-2) === 'anyOf');
    if (field === undefined || isOption) continue;
    for (const name of asList(schema.required)) required.add([...field, String(name)].join('.'));
    if (field.length === 0 || field.at(-1) === 'items') continue;
    const key = field.join('.');
    const known = byField.get(key) ?? { path: field, schemas: [] };
    known.schemas.push(schema);
    byField.set(key, known);
  }
  return new Map(
    [...byField].map(([key, { path, schemas }]) => {
      const ui = path.reduce<JsonObject>((at, name) => childUi(at, name), form.uiSchema ?? {});
      const label = labelOf(schemas, ui, path.at(-1) ?? '');
      const name = path.filter((part) => part !== 'items').join('.');
      return [key, { name, label, aspects: aspectsOf(schemas, ui, label, required.has(key)) }];
    }),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  array: 'list',
  object: 'group',
  null: 'nothing',
};

const RULES: readonly (readonly [keyword: string, words: string])[] = [
  ['minLength', 'Fewest characters'],
  ['maxLength', 'Most characters'],
  ['minimum', 'At least'],
  ['maximum', 'At most'],
  ['exclusiveMinimum', 'More than'],
  ['exclusiveMaximum', 'Less than'],
  ['multipleOf', 'A multiple of'],
  ['minItems', 'Fewest entries'],
  ['maxItems', 'Most entries'],
  ['pattern', 'Pattern'],
  ['format', 'Format'],
  ['const', 'Always'],
  ['default', 'Begins with'],
  ['description', 'Description'],
];

function aspectsOf(
  schemas: readonly JsonObject[],
  ui: JsonObject,
  label: string,
  isRequired: boolean,
): ReadonlyMap<string, string> {
  const aspects = new Map<string, string>([['Name', `“${label}”`]]);
  const types = typesOf(schemas).map((type) => KINDS[type] ?? type);
  if (types.length > 0) aspects.set('Kind', types.join(' or '));
  aspects.set('Must be answered', isRequired ? 'yes' : 'no');
  aspects.set('Only told', isComputed(schemas, ui) && !isHidden(ui) ? 'yes' : 'no');
  aspects.set('Hidden', isHidden(ui) ? 'yes' : 'no');
  const choices = choicesOf(schemas);
  if (choices) aspects.set('Choices', choices.map(({ title }) => title).join(', '));
  for (const [keyword, words] of RULES) {
    const value = schemas.find((schema) => schema[keyword] !== undefined)?.[keyword];
    if (value !== undefined) aspects.set(words, inWords(value));
  }
  for (const [option, words] of [
    ['widget', 'Shown as'],
    ['help', 'Help'],
    ['placeholder', 'Placeholder'],
  ] as const) {
    const value = uiOption(ui, option);
    if (typeof value === 'string' && value !== 'hidden') aspects.set(words, inWords(value));
  }
  return aspects;
}

function inWords(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return `“${value.length > 160 ? `${value.slice(0, 159)}…` : value}”`;
  return JSON.stringify(value);
}

function fieldChanges(before: ReadonlyMap<string, FieldLook>, after: ReadonlyMap<string, FieldLook>): Change[] {
  const changes: Change[] = [];
  const subject = ({ label }: FieldLook) => `Field “${label}”`;
  for (const [key, now] of after) {
    const then = before.get(key);
    if (!then) {
      const details = [...now.aspects].filter(([aspect, words]) => aspect !== 'Name' && words !== 'no').map(asLine);
      changes.push({ kind: 'added', subject: subject(now), name: now.name, details });
      continue;
    }
    const details = differences(then.aspects, now.aspects);
    if (details.length > 0) changes.push({ kind: 'changed', subject: subject(now), name: now.name, details });
  }
  for (const [key, then] of before) {
    if (!after.has(key)) changes.push({ kind: 'removed', subject: subject(then), name: then.name, details: [] });
  }
  const kept = (of: ReadonlyMap<string, FieldLook>, other: ReadonlyMap<string, FieldLook>) =>
    [...of.keys()].filter((key) => other.has(key));
  const [order, newOrder] = [kept(before, after), kept(after, before)];
  if (order.join('\n') !== newOrder.join('\n')) {
    const names = newOrder.map((key) => after.get(key)?.label ?? key).join(', ');
    changes.push({ kind: 'moved', subject: 'The order of the fields', name: null, details: [`Now ${names}.`] });
  }
  return changes;
}

const asLine = ([aspect, words]: readonly [string, string]): string => `${aspect}: ${words}`;

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((aspect) => {
    const [then, now] = [before.get(aspect), after.get(aspect)];
    if (then === now) return [];
    if (now === undefined) return [`${aspect}: no longer ${then}`];
    return [then === undefined ? `${aspect}: ${now}` : `${aspect}: ${now}, before ${then}`];
  });
}

function outcomeChanges(before: FormDefinition, after: FormDefinition): Change[] {
  const looks = (form: FormDefinition) => new Map(outcomesOf(form).map((outcome) => [outcome.value, lookOf(outcome)]));
  const [then, now] = [looks(before), looks(after)];
  const changes: Change[] = [];
  for (const [value, look] of now) {
    const known = then.get(value);
    const subject = `Button ${look.get('Name')}`;
    if (!known) changes.push({ kind: 'added', subject, name: value, details: [...look].slice(1).map(asLine) });
    else {
      const details = differences(known, look);
      if (details.length > 0) changes.push({ kind: 'changed', subject, name: value, details });
    }
  }
  for (const [value, look] of then) {
    if (!now.has(value)) {
      changes.push({ kind: 'removed', subject: `Button ${look.get('Name')}`, name: value, details: [] });
    }
  }
  return changes;
}

function lookOf({ title, tone, key, required, confirm }: Outcome): ReadonlyMap<string, string> {
  return new Map([
    ['Name', `“${title}”`],
    ['Look', tone],
    ...(key === undefined ? [] : [['Key', key] as const]),
    ...(required.length === 0 ? [] : [['Needs', required.join(', ')] as const]),
    ...(confirm === undefined ? [] : [['Asks first', `“${confirm}”`] as const]),
  ]);
}

const CONDITIONS = ['if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'not', 'dependencies'] as const;

/** Conditions are seldom legible in one line: that they changed is said, how is in the texts. */
function restChange(before: FormDefinition, after: FormDefinition): Change | undefined {
  const conditionsOf = ({ jsonSchema }: FormDefinition) =>
    Object.fromEntries(CONDITIONS.filter((word) => word in jsonSchema).map((word) => [word, jsonSchema[word]]));
  const [then, now] = [conditionsOf(before), conditionsOf(after)];
  if (sameJson(then, now)) return undefined;
  const kind = isEmpty(then) ? 'added' : isEmpty(now) ? 'removed' : 'changed';
  const details = ['Which fields are shown or needed depends on answers. The texts below say how.'];
  return { kind, subject: 'Conditions', name: null, details: kind === 'removed' ? [] : details };
}

const isEmpty = (value: unknown): boolean => isJsonObject(value) && Object.keys(value).length === 0;

/** One line of two texts laid over each other. */
export interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
}

const MAX_CELLS = 4_000_000;

/** Lines that were taken away and added, with the others between them; everything is new where both are very long. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  if (a.length * b.length > MAX_CELLS) {
    return [...a.map((text) => ({ sign: '-' as const, text })), ...b.map((text) => ({ sign: '+' as const, text }))];
  }
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ sign: '+', text: b[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}
