/** Outcomes: the ways to answer a form, written as `x-outcomes` in its schema or ui schema. */
import { isJsonObject, ownMember } from './json';
import { asList } from './schema';
import type { FormDefinition, Outcome, OutcomeTone } from './types';

/**
 * The outcomes of a form in the order of its buttons; none means a single "Submit". Entries without a value are left
 * out; a title that is missing is made from the value.
 */
export function outcomesOf(form: FormDefinition): readonly Outcome[] {
  const declared = ownMember(form.jsonSchema, 'x-outcomes') ?? ownMember(form.uiSchema, 'x-outcomes');
  const outcomes = asList(declared).flatMap((entry) => toOutcome(entry) ?? []);
  const hasPrimary = outcomes.some((outcome) => outcome.tone === 'primary');
  return outcomes.map((outcome, index) => {
    const isFirst = index === 0 && !hasPrimary && outcome.tone === 'neutral';
    return isFirst ? { ...outcome, tone: 'primary' } : outcome;
  });
}

/** The outcome that Ctrl or Cmd with Enter sends: the primary one, else the first. */
export function primaryOutcome(outcomes: readonly Outcome[]): Outcome | undefined {
  return outcomes.find((outcome) => outcome.tone === 'primary') ?? outcomes[0];
}

function toOutcome(entry: unknown): Outcome | undefined {
  if (!isJsonObject(entry) || typeof entry.value !== 'string' || entry.value === '') return undefined;
  const title = typeof entry.title === 'string' && entry.title !== '' ? entry.title : capitalized(entry.value);
  return {
    value: entry.value,
    title,
    tone: toTone(entry.tone),
    required: asList(entry.required).filter((name): name is string => typeof name === 'string'),
    ...(typeof entry.key === 'string' && /^[a-z]$/i.test(entry.key) && { key: entry.key.toUpperCase() }),
    ...(typeof entry.confirm === 'string' && { confirm: entry.confirm }),
    ...(entry.confirm === true && { confirm: `${title}?` }),
  };
}

function toTone(tone: unknown): OutcomeTone {
  return tone === 'primary' || tone === 'danger' ? tone : 'neutral';
}

function capitalized(value: string): string {
  const words = value.replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
