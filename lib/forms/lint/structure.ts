/** Parts of a schema that are allowed by the draft and that nobody could work with. */
import { isJsonObject, toPointer } from '../json';
import { MAX_PRESET_ROWS, presetRows } from '../presetRows';
import type { JsonObject } from '../types';
import type { FindingAt } from './finding';
import type { SchemaPart } from './walk';

/** Lists that would begin with more rows than a page can hold: each by itself, else all of them together. */
export function lintRows(root: JsonObject, parts: readonly SchemaPart[]): FindingAt[] {
  const tooLong = lintLongLists(parts);
  return tooLong.length > 0 ? tooLong : lintRowsTogether(root, parts);
}

function lintLongLists(parts: readonly SchemaPart[]): FindingAt[] {
  return parts.flatMap(({ schema: { minItems }, path }): FindingAt[] => {
    if (typeof minItems !== 'number' || minItems <= MAX_PRESET_ROWS) return [];
    const pointer = toPointer([...path, 'minItems']);
    const message = `A list begins with as many rows as it has to have: ${MAX_PRESET_ROWS} at most. Write a smaller number.`;
    return [{ severity: 'error', rule: 'shape', document: 'jsonSchema', pointer, message }];
  });
}

function lintRowsTogether(root: JsonObject, parts: readonly SchemaPart[]): FindingAt[] {
  const preset = presetRows(root);
  return parts.flatMap(({ schema, path, field }): FindingAt[] => {
    const rows = preset.get(schema);
    // What stands in definitions begins with one row, wherever it is used.
    if (typeof schema.minItems !== 'number' || field === undefined || rows === undefined || rows >= schema.minItems) {
      return [];
    }
    const pointer = toPointer([...path, 'minItems']);
    const message = `The lists of a form begin with ${MAX_PRESET_ROWS} rows together, rows within rows counted too: this one with ${rows}, and the others have to be added by hand. Write smaller numbers.`;
    return [{ severity: 'warning', rule: 'shape', document: 'jsonSchema', pointer, message }];
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
