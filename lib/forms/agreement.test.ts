/** The browser's validator and the server's must give the same answer to the same data. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import { projectForm } from './projection';
import { createAjvEngine } from './server/ajvEngine';
import { checkSubmission } from './submission';
import type { FormDefinition, JsonObject } from './types';

const text = { type: 'string' };
const address = {
  type: 'object',
  properties: { street: { type: 'string', minLength: 2 }, zip: { type: 'string', pattern: '^[0-9]{5}$' } },
  required: ['street'],
};

/** Properties `a`, `b` and `c` of each schema get any data. */
const schemas: readonly JsonObject[] = [
  { properties: { a: text, b: { type: 'number' }, c: { type: 'boolean' } }, required: ['a', 'b', 'c'] },
  { properties: { a: { type: 'integer', minimum: 0, maximum: 10 }, b: { multipleOf: 0.01 }, c: { multipleOf: 3 } } },
  { properties: { a: { exclusiveMinimum: 0 }, b: { exclusiveMaximum: 5 }, c: { type: ['number', 'null'] } } },
  { properties: { a: { minLength: 2, maxLength: 3 }, b: { pattern: '^(a+)+$' }, c: { pattern: '[0-9]' } } },
  { properties: { a: { enum: ['x', 1, null] }, b: { const: 'x' }, c: { enum: [true, 'true'] } } },
  { properties: { a: { format: 'date' }, b: { format: 'email' }, c: { format: 'date-time' } } },
  { properties: { a: { oneOf: [{ const: 'x', title: 'X' }, { const: 'y' }] }, b: { anyOf: [text, { minimum: 3 }] } } },
  { properties: { a: { type: 'array', items: text, minItems: 1, maxItems: 2, uniqueItems: true } }, required: ['a'] },
  { properties: { a: { items: [text, { type: 'number' }], additionalItems: false }, b: { contains: { const: 1 } } } },
  { properties: { a: { $ref: '#/definitions/address' } }, required: ['a'], definitions: { address } },
  { properties: { a: { $ref: '#/definitions/address', title: 'Home', required: ['zip'] } }, definitions: { address } },
  {
    properties: { a: { type: 'boolean' } },
    if: { properties: { a: { const: true } }, required: ['a'] },
    then: { properties: { b: text }, required: ['b'] },
    else: { properties: { c: { type: 'number' } }, required: ['c'] },
  },
  {
    properties: { a: text },
    allOf: [{ if: { properties: { a: { const: 'x' } } }, then: { required: ['b'] } }, { properties: { b: text } }],
  },
  { properties: { a: text, b: text, c: text }, dependencies: { a: ['b'], b: { required: ['c'] } } },
  {
    properties: { a: { type: 'string' } },
    oneOf: [
      { properties: { a: { const: 'x' }, b: text }, required: ['b'] },
      { properties: { a: { const: 'y' }, c: { $ref: '#/definitions/address' } }, required: ['c'] },
    ],
    definitions: { address },
  },
  { properties: { a: { not: { type: 'string' } }, b: { additionalProperties: { type: 'number' }, minProperties: 1 } } },
  { properties: { a: { type: 'object', additionalProperties: false, properties: { b: text } }, b: false, c: true } },
  { properties: { a: { propertyNames: { maxLength: 1 }, additionalProperties: true } } },
];

const leaf = fc.oneof(
  fc.constantFrom<unknown>('x', 'y', '', ' ', 'aaa', 'aab', '12345', '2026-11-23', '2026-02-30', 'mia@acme.test'),
  fc.constantFrom<unknown>('2026-11-23T10:00:00Z', '2026-11-23T10:00:00', 0, 1, 3, 1.5, 0.29, 19.99, 1.005, -2, 11),
  fc.constantFrom<unknown>(true, false, null, undefined),
  fc.string({ maxLength: 4, unit: 'binary' }),
  fc.integer({ min: -1e6, max: 1e6 }).map((thousandths) => thousandths / 1000),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 6, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ street: tie('value'), zip: tie('value'), b: tie('value') }, { requiredKeys: [] }),
  ),
})).value;
const answer = fc.record({ a: value, b: value, c: value, extra: value }, { requiredKeys: [] });

describe('browser and server', () => {
  it.each(schemas.map((schema) => [JSON.stringify(schema), schema]))('agree on %s', (_text, schema) => {
    const form: FormDefinition = { jsonSchema: { type: 'object', ...schema } };
    const projection = projectForm(form, {});
    const server = createAjvEngine();
    fc.assert(
      fc.property(answer, (data) => {
        const params = { form, projection, outcome: null, data };
        const decided = checkSubmission({ ...params, engine: server });
        expect(checkSubmission({ ...params, engine: browserEngine })).toEqual(
          decided.ok || !usesPatternOfServer(decided.fieldErrors) ? decided : expect.anything(),
        );
      }),
      { numRuns: 300, seed: 20_261_123 },
    );
  });
});

/** `^(a+)+$` is left to the server: in a browser it can take exponential time. */
function usesPatternOfServer(errors: readonly { path: string; keyword: string }[]): boolean {
  return errors.some(({ path, keyword }) => path === '/b' && keyword === 'pattern');
}
