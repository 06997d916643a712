/** Goes through a JSON Schema part by part, knowing which objects are schemas and which are maps of names. */
import { asList } from '../schema';
import { isJsonObject, ownMember } from '../json';
import type { JsonObject } from '../types';

export interface SchemaPart {
  readonly schema: JsonObject;
  readonly path: readonly (string | number)[];
  /** The names that lead to the field in the ui schema; undefined where it is not known, inside definitions. */
  readonly field: readonly string[] | undefined;
}

const MAPS = ['properties', 'patternProperties', 'definitions', '$defs', 'dependencies'] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const;
const SINGLE = [
  'if',
  'then',
  'else',
  'not',
  'contains',
  'propertyNames',
  'additionalProperties',
  'additionalItems',
] as const;
const MAX_PARTS = 20_000;
const MAX_DEPTH = 64;

/** Every schema within a schema, itself first. References are not followed: what they lead to is met where it stands. */
export function schemaParts(root: JsonObject): readonly SchemaPart[] {
  const parts: SchemaPart[] = [];
  const visit = (value: unknown, path: SchemaPart['path'], field: SchemaPart['field']): void => {
    if (!isJsonObject(value) || parts.length >= MAX_PARTS || path.length > MAX_DEPTH) return;
    parts.push({ schema: value, path, field });
    for (const keyword of MAPS) {
      const map = ownMember(value, keyword);
      if (!isJsonObject(map)) continue;
      for (const [name, member] of Object.entries(map)) {
        visit(member, [...path, keyword, name], fieldBelow(field, keyword, name));
      }
    }
    for (const keyword of LISTS) {
      asList(ownMember(value, keyword)).forEach((member, index) => visit(member, [...path, keyword, index], field));
    }
    for (const keyword of SINGLE) {
      visit(
        ownMember(value, keyword),
        [...path, keyword],
        keyword === 'then' || keyword === 'else' ? field : undefined,
      );
    }
    const items = ownMember(value, 'items');
    const below = field && [...field, 'items'];
    if (Array.isArray(items)) items.forEach((member, index) => visit(member, [...path, 'items', index], below));
    else visit(items, [...path, 'items'], below);
  };
  visit(root, [], []);
  return parts;
}

function fieldBelow(field: SchemaPart['field'], keyword: (typeof MAPS)[number], name: string): SchemaPart['field'] {
  if (field === undefined) return undefined;
  if (keyword === 'properties') return [...field, name];
  return keyword === 'dependencies' ? field : undefined;
}
