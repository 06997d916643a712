/** Parts of a schema that are allowed by the draft and that nobody could work with. */
import { isJsonObject, toPointer } from '../json';
import { MAX_PRESET_ROWS } from '../schema';
import type { FindingAt } from './finding';
import type { SchemaPart } from './walk';

/** Lists that would begin with more rows than a page can hold. */
export function lintRows(parts: readonly SchemaPart[]): FindingAt[] {
  return parts.flatMap(({ schema: { minItems }, path }): FindingAt[] => {
    if (typeof minItems !== 'number' || minItems <= MAX_PRESET_ROWS) return [];
    const pointer = toPointer([...path, 'minItems']);
    const message = `A list begins with as many rows as it has to have: ${MAX_PRESET_ROWS} at most. Write a smaller number.`;
    return [{ severity: 'error', rule: 'shape', document: 'jsonSchema', pointer, message }];
  });
}

/** Fields with fields of their own that do not say that they are a group: any other value would be an answer too. */
export function lintUntyped(parts: readonly SchemaPart[]): FindingAt[] {
  return parts.flatMap(({ schema, path }): FindingAt[] => {
    if (path.at(-2) !== 'properties' || !isJsonObject(schema.properties) || 'type' in schema || '$ref' in schema)
      return [];
    const message = `"${path.at(-1)}" has "properties" but no "type", so a text or a number would be an answer too. Add "type": "object".`;
    return [
      { severity: 'warning', rule: 'shape', document: 'jsonSchema', pointer: toPointer(path), message, isName: true },
    ];
  });
}
