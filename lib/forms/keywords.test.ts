import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemForms } from '@/workflows/forms';
import { keywordProblems, SUPPORTED_FORMATS, SUPPORTED_KEYWORDS } from './keywords';
import type { JsonObject } from './types';

const messages = (schema: JsonObject) => keywordProblems(schema).map(({ message }) => message);

describe('keywordProblems', () => {
  it.each(systemForms.map((form) => [form.name, form] as const))('has nothing to say about %s', (_name, form) => {
    expect(keywordProblems(form.jsonSchema)).toEqual([]);
  });

  it('says where a keyword is that forms do not support, and what to write instead', () => {
    const schema = { properties: { lines: { type: 'array', items: { dependentRequired: { a: ['b'] } } } } };
    expect(keywordProblems(schema)).toEqual([
      {
        path: '/properties/lines/items/dependentRequired',
        keyword: 'dependentRequired',
        message:
          'The keyword "dependentRequired" is not supported; forms are JSON Schema draft 7. Write "dependencies" with a list of names.',
      },
    ]);
  });

  it.each([
    ['minLenght', 'minLength'],
    ['requird', 'required'],
    ['requiredd', 'required'],
    ['maximun', 'maximum'],
    ['ENUM', 'enum'],
    ['readonly', 'readOnly'],
  ])('takes %s for a slip of %s', (slip, meant) => {
    expect(messages({ properties: { a: { [slip]: 1 } } })).toEqual([
      expect.stringContaining(`Did you mean "${meant}"?`),
    ]);
  });

  it('makes no guess about a word that is like no keyword', () => {
    expect(messages({ colour: 'red' })).toEqual([
      'The keyword "colour" is not supported; forms are JSON Schema draft 7.',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['another draft', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['an id inside', { properties: { a: { $id: 'https://acme.test/a' } } }],
    ['a reference outside', { properties: { a: { $ref: 'https://acme.test/form' } } }],
    ['a reference to nothing', { allOf: [{ $ref: '#/definitions/none' }] }],
    ['a reference that leads back to itself', { definitions: { a: { $ref: '#/definitions/a' } } }],
    ['a format nobody checks', { properties: { a: { format: 'ipv6' } } }],
    ['a pattern browsers cannot read', { properties: { a: { pattern: '\\-' } } }],
    ['a keyword in a branch', { if: { patternProperties: {} } }],
    ['a keyword in a definition', { definitions: { a: { not: { unevaluatedItems: false } } } }],
    ['a keyword in a dependency', { dependencies: { a: { prefixItems: [] } } }],
    ['a keyword in one of several entries', { properties: { a: { items: [{}, { nullable: true }] } } }],
  ])('finds %s', (_what, schema) => {
    expect(keywordProblems(schema)).toHaveLength(1);
  });

  it('leaves alone what is no keyword: names of fields, values, the author’s own', () => {
    const value = { minLenght: 1, $ref: 'nowhere' };
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { prefixItems: { type: 'string', default: value, const: value, enum: [value], examples: [value] } },
      definitions: { patternProperties: {} },
      dependencies: { nullable: ['prefixItems'] },
      'x-outcomes': [value],
    };
    expect(keywordProblems(schema)).toEqual([]);
  });

  it('comes to an end for a schema of any depth', () => {
    let schema: JsonObject = { minLenght: 1 };
    for (let depth = 0; depth < 10_000; depth += 1) schema = { not: schema };
    expect(keywordProblems(schema)).toEqual([]);
  });
});

describe('the documentation', () => {
  const text = fs.readFileSync(new URL('../../docs/form-schemas.md', import.meta.url), 'utf8');

  it('names every supported keyword and format', () => {
    const unnamed = [...Object.keys(SUPPORTED_KEYWORDS), ...SUPPORTED_FORMATS].filter(
      (name) => !text.includes(`\`${name}\``),
    );
    expect(unnamed).toEqual([]);
  });
});
