/**
 * Looks at a form under construction, text by text: while its author types, in the browser, and once more on the server
 * before it is published. Only the server can tell whether a pattern runs in linear time, so it hands that in.
 */
import { isJsonObject, toPointer } from '../json';
import type { FormDefinition, JsonObject } from '../types';
import { lintOutcomes, lintRequired, lintUiNames, lintUiValues, lintUnfilled } from './fields';
import type { DocumentName, Finding, FindingAt, FormDocuments } from './finding';
import { lineAt, readJsonText, type JsonText } from './jsonText';
import { lintKeywords } from './keywords';
import { lintPlaceholders } from './placeholders';
import { lintRows, lintUntyped } from './structure';
import { schemaParts, type SchemaPart } from './walk';

export interface LintResult {
  /** In the order of the documents and of their texts. */
  readonly findings: readonly Finding[];
  /** The form as far as it can be drawn; null while one of its documents is no JSON object. */
  readonly form: FormDefinition | null;
  /** `{}` while the sample is no JSON object. */
  readonly sample: JsonObject;
}

/** Why a pattern cannot be used, in words; undefined when it can. */
export type PatternProblem = (pattern: string) => string | undefined;

const ORDER: readonly DocumentName[] = ['jsonSchema', 'uiSchema', 'sampleContext'];

export function lintForm(documents: FormDocuments, patternProblem?: PatternProblem): LintResult {
  const texts: Readonly<Record<DocumentName, JsonText>> = {
    jsonSchema: readJsonText(documents.jsonSchema),
    uiSchema: readJsonText(documents.uiSchema),
    sampleContext: readJsonText(documents.sampleContext),
  };
  const findings = ORDER.flatMap((document) => lintText(document, documents[document], texts[document]));
  const [schema, ui, sample] = ORDER.map((document) => objectOf(texts[document]));
  const form = schema && ui ? { jsonSchema: schema, uiSchema: ui } : null;
  if (schema) {
    const found = lintValues({ jsonSchema: schema, uiSchema: ui ?? {} }, sample, patternProblem);
    findings.push(...found.map((finding) => placed(finding, documents[finding.document], texts[finding.document])));
  }
  const inOrder = findings.toSorted((a, b) => ORDER.indexOf(a.document) - ORDER.indexOf(b.document) || a.from - b.from);
  return { findings: inOrder, form, sample: sample ?? {} };
}

const objectOf = (text: JsonText): JsonObject | undefined =>
  text.ok && isJsonObject(text.value) ? text.value : undefined;

/** What is wrong with a text as a text. */
function lintText(document: DocumentName, text: string, read: JsonText): Finding[] {
  if (!read.ok) {
    const { at, message } = read;
    const to = Math.min(text.length, at + 1);
    return [{ severity: 'error', rule: 'json', document, pointer: '', from: at, to, line: lineAt(text, at), message }];
  }
  const repeated = read.repeated.map((pointer): FindingAt => {
    const message = 'This name stands here twice; only the last one counts. Take one away, or rename it.';
    return { severity: 'error', rule: 'json', document, pointer, message, isName: true };
  });
  const shape: FindingAt[] = isJsonObject(read.value)
    ? []
    : [{ severity: 'error', rule: 'shape', document, pointer: '', message: 'This has to be a JSON object: { }.' }];
  return [...repeated, ...shape].map((finding) => placed(finding, text, read));
}

function lintValues(
  form: FormDefinition & { readonly uiSchema: JsonObject },
  sample: JsonObject | undefined,
  patternProblem: PatternProblem | undefined,
): FindingAt[] {
  const parts = schemaParts(form.jsonSchema);
  return [
    ...lintRoot(form.jsonSchema),
    ...lintKeywords(form.jsonSchema, parts),
    ...lintRows(form.jsonSchema, parts),
    ...lintUntyped(parts),
    ...(patternProblem ? lintPatterns(parts, patternProblem) : []),
    ...lintPlaceholders({ parts, uiSchema: form.uiSchema, sample }),
    ...lintRequired(form),
    ...lintUiNames(form),
    ...lintUiValues(form),
    ...lintOutcomes(form),
    ...(sample ? lintUnfilled(form, sample) : []),
  ];
}

function lintRoot(schema: JsonObject): FindingAt[] {
  if (schema.type === 'object') return [];
  const message = 'A form is an object: write "type": "object", and its fields under "properties".';
  return [{ severity: 'error', rule: 'shape', document: 'jsonSchema', pointer: '/type', message }];
}

function lintPatterns(parts: readonly SchemaPart[], problemOf: PatternProblem): FindingAt[] {
  return parts.flatMap(({ schema: { pattern }, path }): FindingAt[] => {
    const problem = typeof pattern === 'string' ? problemOf(pattern) : undefined;
    if (problem === undefined) return [];
    const message = `This pattern cannot run in linear time: ${problem} Write it without looking ahead or behind and without back references.`;
    return [
      { severity: 'error', rule: 'pattern', document: 'jsonSchema', pointer: toPointer([...path, 'pattern']), message },
    ];
  });
}

function placed({ isName = false, ...finding }: FindingAt, text: string, read: JsonText): Finding {
  const place = read.ok ? read.placeOf(finding.pointer) : { value: { from: 0, to: 0 } };
  const { from, to } = (isName ? place.name : undefined) ?? place.value;
  return { ...finding, from, to, line: lineAt(text, from) };
}
