/**
 * The supported part of JSON Schema draft 7: what both validators of forms understand alike. The publishing of a form,
 * its lint and the documentation read this one list; whatever it lacks is refused by name when a form is published, so
 * that no rule is ever checked on one side alone, or on neither.
 */
import { formats } from './formats';
import { isJsonObject, toPointer } from './json';
import { subschemasOf } from './positions';
import { resolveReference } from './schema';
import type { JsonObject } from './types';

/** What a keyword is for. Only a `rule` can refuse an answer. */
export type KeywordKind = 'structure' | 'text' | 'rule';

/** Every keyword a form may use, with what it is for. Besides these, names that begin with `x-` are the author's own. */
export const SUPPORTED_KEYWORDS: Readonly<Record<string, KeywordKind>> = {
  $schema: 'structure',
  $id: 'structure',
  $comment: 'structure',
  $ref: 'structure',
  definitions: 'structure',
  $defs: 'structure',

  title: 'text',
  description: 'text',
  default: 'text',
  examples: 'text',
  readOnly: 'text',

  type: 'rule',
  enum: 'rule',
  const: 'rule',
  multipleOf: 'rule',
  minimum: 'rule',
  maximum: 'rule',
  exclusiveMinimum: 'rule',
  exclusiveMaximum: 'rule',
  minLength: 'rule',
  maxLength: 'rule',
  pattern: 'rule',
  format: 'rule',
  items: 'rule',
  additionalItems: 'rule',
  minItems: 'rule',
  maxItems: 'rule',
  uniqueItems: 'rule',
  contains: 'rule',
  properties: 'rule',
  required: 'rule',
  additionalProperties: 'rule',
  propertyNames: 'rule',
  minProperties: 'rule',
  maxProperties: 'rule',
  dependencies: 'rule',
  allOf: 'rule',
  anyOf: 'rule',
  oneOf: 'rule',
  not: 'rule',
  if: 'rule',
  then: 'rule',
  else: 'rule',
};

/** The values of `format` that are checked. */
export const SUPPORTED_FORMATS: readonly string[] = Object.keys(formats);

/** Keywords people know from elsewhere, and what to write instead. */
const ADVICE: Readonly<Record<string, string>> = {
  patternProperties: 'Give each field a name in "properties", or use "additionalProperties".',
  contentMediaType: 'What a text encodes is not checked.',
  contentEncoding: 'What a text encodes is not checked.',
  writeOnly: 'Whoever completes a task sees every field.',
  dependentRequired: 'Write "dependencies" with a list of names.',
  dependentSchemas: 'Write "dependencies" with a schema.',
  unevaluatedProperties: 'Write "additionalProperties".',
  unevaluatedItems: 'Write "additionalItems".',
  prefixItems: 'Write "items" with a list of schemas.',
  minContains: 'Write "contains", which asks for at least one.',
  maxContains: 'Write "contains", which asks for at least one.',
  enumNames: 'Write "oneOf" with a "const" and a "title" for each choice.',
  nullable: 'Add "null" to the list in "type".',
  discriminator: 'Write "oneOf" with a "const" in each branch.',
  id: 'Only the schema as a whole may have an id, written "$id".',
};

/** One thing in a schema that forms do not support. */
export interface KeywordProblem {
  /** JSON pointer into the schema, to the keyword. */
  readonly path: string;
  readonly keyword: string;
  /** A sentence for the author of the form. */
  readonly message: string;
}

/** Deeper than any schema may be; see `LIMITS.schemaDepth`. */
const MAX_DEPTH = 64;
const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;

/** What `schema` uses that is outside the supported part, in its order; empty when it can be published. */
export function keywordProblems(schema: JsonObject): KeywordProblem[] {
  const problems: KeywordProblem[] = [];
  const visit = (part: unknown, segments: readonly string[]): void => {
    if (!isJsonObject(part) || segments.length > MAX_DEPTH) return;
    for (const [keyword, value] of Object.entries(part)) {
      const at = [...segments, keyword];
      const message = problemOf(schema, part, keyword, value);
      if (message !== undefined) problems.push({ path: toPointer(at), keyword, message });
      else for (const below of subschemasOf(keyword, value)) visit(below.schema, [...at, ...below.segments]);
    }
  };
  visit(schema, []);
  return problems;
}

function problemOf(root: JsonObject, part: JsonObject, keyword: string, value: unknown): string | undefined {
  if (keyword.startsWith('x-')) return undefined;
  if (!Object.hasOwn(SUPPORTED_KEYWORDS, keyword)) return unsupported(keyword);
  switch (keyword) {
    case '$schema':
      return typeof value === 'string' && DRAFT_7.test(value)
        ? undefined
        : 'Forms are JSON Schema draft 7: "$schema" is "http://json-schema.org/draft-07/schema#", or left out.';
    case '$id':
      return part === root ? undefined : 'Only the schema as a whole may have an "$id".';
    case '$ref':
      return referenceProblem(root, value);
    case 'format':
      return formatProblem(value);
    case 'pattern':
      return typeof value === 'string' ? patternProblem(value) : undefined;
    default:
      return undefined;
  }
}

function referenceProblem(root: JsonObject, reference: unknown): string | undefined {
  const followed = new Set<JsonObject>();
  for (let target = resolveReference(root, reference); target; target = resolveReference(root, target.$ref)) {
    if (followed.has(target)) return `"${String(reference)}" leads back to itself, and to no field.`;
    followed.add(target);
    if (target.$ref === undefined) return undefined;
  }
  // Further on in the chain it is that reference which is told.
  return followed.size > 0 ? undefined : `"${String(reference)}" refers to nothing in this schema.`;
}

function unsupported(keyword: string): string {
  const isKnown = Object.hasOwn(ADVICE, keyword) || keyword.startsWith('$');
  const meant = isKnown ? undefined : Object.keys(SUPPORTED_KEYWORDS).find((known) => isNearly(keyword, known));
  const advice = ADVICE[keyword] ?? (meant === undefined ? undefined : `Did you mean "${meant}"?`);
  const problem = `The keyword "${keyword}" is not supported; forms are JSON Schema draft 7.`;
  return advice === undefined ? problem : `${problem} ${advice}`;
}

function formatProblem(value: unknown): string | undefined {
  if (value === 'data-url') {
    return 'A field cannot hold a file as a data URL; files are uploaded, not written into answers.';
  }
  const isKnown = typeof value === 'string' && SUPPORTED_FORMATS.includes(value);
  return isKnown
    ? undefined
    : `The format "${String(value)}" is not checked; use one of ${SUPPORTED_FORMATS.join(', ')}.`;
}

/** Browsers read patterns in their Unicode mode, where a stray backslash is an error. */
function patternProblem(pattern: string): string | undefined {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp ? undefined : '';
  } catch (error) {
    return `The pattern "${pattern}" cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** True when one letter was left out, added, changed or swapped with the next, or only the case differs. */
function isNearly(word: string, known: string): boolean {
  const a = word.toLowerCase();
  const b = known.toLowerCase();
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rest = (text: string, skipped: number) => text.slice(at + skipped);
  const isSwapped = a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, 2) === rest(b, 2);
  return isSwapped || rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}
