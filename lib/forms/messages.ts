/** Says what is wrong with an answer in words: the field by its name, then what to do. */
import { choicesOf, mustBeTrue } from './choices';
import type { Issue } from './engine';
import { fromPointer, isJsonObject, ownMember, valueAt } from './json';
import { formatAmount, moneyOf } from './money';
import { shownText } from './projection';
import { fieldAt, labelOf, typesOf, uiOption } from './schema';
import type { FormDefinition, FormTexts, JsonObject } from './types';

interface Field {
  readonly label: string;
  readonly schemas: readonly JsonObject[];
  readonly ui: JsonObject;
  readonly value: unknown;
}

/**
 * The sentence for a broken rule. A form may give its own second sentence for a keyword in `ui:messages` of the field:
 * "Comment is required. Say why you reject."
 */
export function messageFor(form: FormDefinition, texts: FormTexts, issue: Issue, data: unknown): string {
  const segments = fromPointer(issue.path);
  const { schemas, ui } = fieldAt(form, segments);
  const value = valueAt(data, segments);
  const label = labelAt(form, texts, segments);
  // A label that is a sentence of its own is quoted, so that the message still reads as one.
  const field = { label: /[?!.:]$/.test(label) ? `“${label}”` : label, schemas, ui, value };
  // A list entry that was emptied holds null: to a person that is an answer not given.
  const isAbsent = issue.keyword === 'type' && (value === null || value === undefined);
  const keyword = isAbsent || issue.keyword === 'outcome' ? 'required' : issue.keyword;
  const { problem, advice } = sentenceFor(keyword, issue.rule, field);
  const own = ownMember(uiOption(ui, 'messages'), keyword);
  const second = typeof own === 'string' ? shownText(texts, own) : advice;
  return second === '' ? problem : `${problem} ${second}`;
}

/** What a field is called, with the entries of lists counted: "Lines, entry 2: Amount". */
export function labelAt(form: FormDefinition, texts: FormTexts, segments: readonly string[]): string {
  let label = '';
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const name = segments[depth - 1] ?? '';
    const parent = fieldAt(form, segments.slice(0, depth - 1));
    if (/^\d+$/.test(name) && parent.schemas.some((schema) => schema.items !== undefined)) {
      label = `${label}, entry ${Number(name) + 1}`;
      continue;
    }
    const { schemas, ui } = fieldAt(form, segments.slice(0, depth));
    const own = shownText(texts, labelOf(schemas, ui, name));
    label = /, entry \d+$/.test(label) ? `${label}: ${own}` : own;
  }
  return label === '' ? 'This form' : label;
}

interface Sentence {
  readonly problem: string;
  readonly advice: string;
}

function sentenceFor(keyword: string, rule: unknown, field: Field): Sentence {
  const { label } = field;
  const says = (problem: string, advice = ''): Sentence => ({ problem: `${label} ${problem}`, advice });
  const number = (value: unknown) =>
    typeof value === 'number' ? value.toLocaleString('en', MANY_DIGITS) : String(value);
  const money = moneyOf(field.ui);
  const amount = (value: unknown) => (money && typeof value === 'number' ? formatAmount(value, money) : number(value));
  const length = typeof field.value === 'string' ? [...field.value].length : 0;
  switch (keyword) {
    case 'required':
    case 'dependencies':
      return requiredSentence(field);
    case 'type':
      return typeSentence(field);
    case 'minLength':
      return says('is too short.', `Write at least ${number(rule)} characters; there are ${number(length)}.`);
    case 'maxLength':
      return says('is too long.', `Write at most ${number(rule)} characters; there are ${number(length)}.`);
    case 'minimum':
      return says(`must be ${amount(rule)} or more.`);
    case 'maximum':
      return says(`must be ${amount(rule)} or less.`);
    case 'exclusiveMinimum':
      return says(`must be more than ${amount(rule)}.`);
    case 'exclusiveMaximum':
      return says(`must be less than ${amount(rule)}.`);
    case 'multipleOf':
      return says(multipleOfProblem(rule));
    case 'const':
    case 'enum':
    case 'oneOf':
    case 'anyOf':
      return choiceSentence(field);
    case 'format':
      return says(`must be ${FORMAT_NAMES[String(rule)] ?? `a valid ${String(rule)}`}.`);
    case 'pattern':
      return says('does not have the expected form.', 'Check how it is written.');
    case 'minItems':
      return says('has too few entries.', `Add entries until there are ${number(rule)}.`);
    case 'maxItems':
      return says('has too many entries.', `Remove entries until there are ${number(rule)}.`);
    case 'uniqueItems':
      return says('has the same entry twice.', 'Change or remove one of them.');
    case 'notAllowed':
      return says('is not part of this form.', 'Remove it.');
    default:
      return says('does not fit this form.', 'Change it, or ask whoever sent you the task.');
  }
}

const MANY_DIGITS: Intl.NumberFormatOptions = { maximumFractionDigits: 20 };

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  date: 'a date, such as 2026-11-23',
  time: 'a time, such as 14:30',
  'date-time': 'a date and a time',
  email: 'an e-mail address, such as mia@example.com',
  uri: 'a web address, such as https://example.com',
  uuid: 'an id of 36 characters',
};

function requiredSentence(field: Field): Sentence {
  const problem = `${field.label} is required.`;
  const types = typesOf(field.schemas);
  if (mustBeTrue(field.schemas)) return { problem: `${field.label} must be ticked.`, advice: 'Tick the box to go on.' };
  if (choicesOf(field.schemas) || types.includes('boolean')) return { problem, advice: 'Choose one of the answers.' };
  if (types.includes('array')) return { problem, advice: 'Add at least one entry.' };
  if (types.includes('number') || types.includes('integer')) return { problem, advice: 'Enter a number.' };
  const format = field.schemas.find((schema) => typeof schema.format === 'string')?.format;
  if (format === 'date') return { problem, advice: 'Choose a date.' };
  if (format === 'date-time') return { problem, advice: 'Choose a date and a time.' };
  return { problem, advice: 'Write an answer.' };
}

function typeSentence(field: Field): Sentence {
  const types = typesOf(field.schemas);
  const money = moneyOf(field.ui);
  const isNumber = types.includes('integer') || types.includes('number');
  const expected =
    money && isNumber && (money.isMinor || !types.includes('integer'))
      ? `an amount, such as ${(12.5).toFixed(money.digits)}`
      : types.includes('integer')
        ? 'a whole number, such as 1 or 12'
        : types.includes('number')
          ? 'a number, such as 12.50'
          : types.includes('boolean')
            ? 'yes or no'
            : types.includes('array')
              ? 'a list'
              : types.includes('object')
                ? 'a group of fields'
                : 'text';
  return { problem: `${field.label} must be ${expected}.`, advice: '' };
}

function multipleOfProblem(rule: unknown): string {
  if (rule === 1) return 'must be a whole number, such as 1 or 12.';
  const decimals = typeof rule === 'number' ? [0.1, 0.01, 0.001].indexOf(rule) + 1 : 0;
  if (decimals > 0) return `may have ${decimals} ${decimals === 1 ? 'digit' : 'digits'} after the point at most.`;
  return `must be a multiple of ${String(rule)}.`;
}

function choiceSentence(field: Field): Sentence {
  if (mustBeTrue(field.schemas)) return { problem: `${field.label} must be ticked.`, advice: 'Tick the box to go on.' };
  const isGroup = isJsonObject(field.value) || Array.isArray(field.value);
  if (isGroup && !choicesOf(field.schemas)) {
    return {
      problem: `${field.label} does not fit any of the answers this form allows.`,
      advice: 'Check what is in it.',
    };
  }
  return { problem: `${field.label} is not one of the answers.`, advice: 'Choose one of those offered.' };
}
