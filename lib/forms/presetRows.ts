/** How many rows the lists of a form begin with: each as many as it has to have, all together what a page can hold. */
import { isJsonObject } from './json';
import { subschemasOf } from './positions';
import { resolveReference } from './schema';
import type { JsonObject } from './types';

/** How many rows the lists of a form begin with by themselves, at most: more would freeze the page that draws them. */
export const MAX_PRESET_ROWS = 500;

/** How many parts are looked at, references written out; lists behind them begin empty. */
const MAX_PARTS = 20_000;

/** Keywords whose subschemas decide something: nothing is drawn for them. */
const NOT_DRAWN: ReadonlySet<string> = new Set(['if', 'not', 'contains', 'propertyNames', 'definitions', '$defs']);

/**
 * The rows that each list with a `minItems` begins with, in the order of the form: the first ones get theirs, and those
 * for which too few are left get what is left. A list that is used by reference begins with one row, since it may be
 * used within itself. Rows of lists within rows count as often as there are rows.
 */
export function presetRows(root: JsonObject): ReadonlyMap<JsonObject, number> {
  const preset = new Map<JsonObject, number>();
  const open = new Set<JsonObject>();
  let left = MAX_PRESET_ROWS;
  let parts = 0;
  const visit = (schema: unknown, times: number, isReferred: boolean): void => {
    if (!isJsonObject(schema) || open.has(schema)) return;
    parts += 1;
    const { minItems } = schema;
    const wanted = typeof minItems === 'number' ? Math.min(minItems, isReferred ? 1 : MAX_PRESET_ROWS) : 0;
    const rows = parts > MAX_PARTS ? 0 : Math.max(0, Math.min(wanted, Math.floor(left / times)));
    if (typeof minItems === 'number') preset.set(schema, Math.min(rows, preset.get(schema) ?? rows));
    if (parts > MAX_PARTS) return;
    left -= rows * times;
    open.add(schema);
    for (const [keyword, value] of Object.entries(schema)) {
      if (NOT_DRAWN.has(keyword)) continue;
      if (keyword === '$ref') visit(resolveReference(root, value), times, true);
      const isRow = keyword === 'items' || keyword === 'additionalItems';
      for (const below of subschemasOf(keyword, value)) {
        visit(below.schema, isRow ? times * Math.max(1, rows) : times, isReferred);
      }
    }
    open.delete(schema);
  };
  visit(root, 1, false);
  return preset;
}
