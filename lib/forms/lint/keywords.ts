/** Words of the schema that one of the two validators, or both, lack, and names that no field may have. */
import { isUnsafeName, toPointer } from '../json';
import { keywordProblems } from '../keywords';
import type { JsonObject } from '../types';
import type { FindingAt } from './finding';
import type { SchemaPart } from './walk';

const ABOUT_ITS_VALUE: ReadonlySet<string> = new Set(['$schema', '$ref', 'format', 'pattern']);

export function lintKeywords(schema: JsonObject, parts: readonly SchemaPart[]): FindingAt[] {
  const keywords = keywordProblems(schema).map(({ path, keyword, message }): FindingAt => ({
    severity: 'error',
    rule: keyword === 'pattern' ? 'pattern' : 'keyword',
    document: 'jsonSchema',
    pointer: path,
    message,
    isName: !ABOUT_ITS_VALUE.has(keyword),
  }));
  return [...keywords, ...parts.flatMap(({ schema: part, path }) => lintNames(part.properties, path))];
}

function lintNames(properties: unknown, path: SchemaPart['path']): FindingAt[] {
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.keys(properties)
    .filter(isUnsafeName)
    .map((name) => ({
      severity: 'error',
      rule: 'name',
      document: 'jsonSchema',
      pointer: toPointer([...path, 'properties', name]),
      message: `A field cannot be called "${name}". Choose another name.`,
      isName: true,
    }));
}
