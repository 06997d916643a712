/** What a form may ask for. Forms are written by tenants; none may cost the process its time or its memory. */
import { isJsonObject, isUnsafeName } from '../json';
import { keywordProblems } from '../keywords';
import { resolveReference } from '../schema';
import type { FormDefinition, JsonObject } from '../types';

export const LIMITS = {
  /** Length of schema and ui schema as JSON text, in UTF-16 units, each. */
  schemaLength: 262_144,
  schemaDepth: 48,
  /** Subschemas counted with every reference written out: bounds the work of one validation. */
  schemaParts: 20_000,
  /** Length of an answer as JSON text, in UTF-16 units. */
  outputLength: 262_144,
  outputDepth: 24,
  /** Members and entries of an answer. */
  outputParts: 5_000,
} as const;

/** Why a form cannot be used, in words for its author; empty when it can. */
export function formProblems(form: FormDefinition): string[] {
  const problems = new Set<string>();
  if (textLength(form.jsonSchema) > LIMITS.schemaLength) problems.add('Its schema is larger than 256 kB.');
  if (textLength(form.uiSchema ?? {}) > LIMITS.schemaLength) problems.add('Its ui schema is larger than 256 kB.');
  if (problems.size > 0) return [...problems];
  let parts = 0;
  const visit = (value: unknown, depth: number, isNameMap: boolean): void => {
    if (typeof value !== 'object' || value === null || parts > LIMITS.schemaParts) return;
    parts += 1;
    if (depth > LIMITS.schemaDepth) {
      problems.add(`Its schema is nested deeper than ${LIMITS.schemaDepth} levels.`);
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      if (isUnsafeName(name)) problems.add(`A field cannot be called "${name}".`);
      if (name === 'default' || name === 'enum' || name === 'const' || name === 'examples') {
        if (!isNameMap) continue;
      }
      visit(member, depth + 1, !isNameMap && (name === 'properties' || name === 'definitions' || name === '$defs'));
    }
  };
  visit(form.jsonSchema, 0, false);
  for (const { path, message } of keywordProblems(form.jsonSchema)) problems.add(`${message} (${path})`);
  parts = 0;
  countWrittenOut(form.jsonSchema, form.jsonSchema, () => (parts += 1) <= LIMITS.schemaParts);
  if (parts > LIMITS.schemaParts) problems.add('Its schema is too large once every reference is written out.');
  return [...problems];
}

/** True when an answer is larger or deeper than any form needs. */
export function isTooLarge(data: unknown): boolean {
  let parts = 0;
  const fits = (value: unknown, depth: number): boolean => {
    parts += 1;
    if (parts > LIMITS.outputParts || depth > LIMITS.outputDepth) return false;
    if (typeof value !== 'object' || value === null) return true;
    return Object.values(value).every((member) => fits(member, depth + 1));
  };
  return !fits(data, 0) || textLength(data) > LIMITS.outputLength;
}

/** Walks the schema with references written out, each cycle once, until `count` says to stop. */
function countWrittenOut(root: JsonObject, start: unknown, count: () => boolean): void {
  const open = new Set<object>();
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null || open.has(value)) return true;
    if (!count()) return false;
    open.add(value);
    const members: unknown[] = Object.entries(value)
      .filter(([name]) => name !== 'definitions' && name !== '$defs')
      .map(([, member]) => member as unknown);
    if (isJsonObject(value) && value.$ref !== undefined) members.push(resolveReference(root, value.$ref));
    const goesOn = members.every(visit);
    open.delete(value);
    return goesOn;
  };
  visit(start);
}

function textLength(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
