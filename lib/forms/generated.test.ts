/** Schemas made up from every supported keyword: browser and server must come to one verdict, with the same places. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import type { Issue } from './engine';
import { keywordProblems, SUPPORTED_FORMATS, SUPPORTED_KEYWORDS } from './keywords';
import { projectForm } from './projection';
import { createAjvEngine } from './server/ajvEngine';
import { formProblems } from './server/limits';
import { checkSubmission } from './submission';
import type { JsonObject } from './types';

/** The same schemas on each machine; another number finds others. */
const SEED = 20_261_123;
const PATIENCE_MS = 300_000;

const NAMES = ['a', 'b', 'c'] as const;
const PATTERNS = ['^[a-z]+$', '\\s', '\\S', '^.$', '\\d', '\\w\\b', '[^\\s]x', 'a|b', '^\\p{L}+$', '\\u00e9', ''];

const leaf = fc.oneof(
  fc.constantFrom<unknown>('a', 'b', 'ab', '', ' ', 'é', '🎬', '\u00a0', '\u2028', '\n', '12345', '2026-11-23'),
  fc.constantFrom<unknown>('mia@acme.test', '2026-11-23T10:00:00Z', '10:30', 'https://acme.test/a', '10.0.0.1', '#fff'),
  fc.constantFrom<unknown>(0, 1, 2, 3, -1, 0.5, 19.99, 1e-9, 1e21, true, false, null),
  fc.string({ maxLength: 3, unit: 'binary' }),
  fc.integer({ min: -1e4, max: 1e4 }).map((hundredths) => hundredths / 100),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ a: tie('value'), b: tie('value'), c: tie('value') }, { requiredKeys: [] }),
  ),
})).value;
const answer = fc.record({ a: value, b: value, c: value, extra: value }, { requiredKeys: [] });

const length = fc.integer({ min: 0, max: 3 });
const bound = fc.constantFrom(-1, 0, 0.5, 1, 2, 19.99);
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object');
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 });
const text = fc.constantFrom('Title', '${contextData.name}');

const rules = {
  type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
  enum: fc.uniqueArray(leaf, { minLength: 1, maxLength: 3, selector: (entry) => JSON.stringify(entry) }),
  const: leaf,
  multipleOf: fc.constantFrom(1, 2, 0.5, 0.01, 3, 1e-8),
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  minLength: length,
  maxLength: length,
  pattern: fc.constantFrom(...PATTERNS),
  format: fc.constantFrom(...SUPPORTED_FORMATS),
  minItems: length,
  maxItems: length,
  uniqueItems: fc.boolean(),
  required: names,
  minProperties: length,
  maxProperties: length,
};
const words = { title: text, description: text, $comment: text, readOnly: fc.constant(false) };

/** Every keyword of a schema at once would refuse everything; a few at a time say more. */
const someOf = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>, maxKeys: number) =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(members)), { maxLength: maxKeys })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, members[key] ?? fc.constant(null)]))));

const schemaAt = fc.memo((depth): fc.Arbitrary<unknown> => {
  const plain = someOf({ ...rules, ...words }, 3);
  if (depth <= 1) return fc.oneof({ weight: 8, arbitrary: plain }, { weight: 1, arbitrary: fc.boolean() });
  const part = schemaAt(depth - 1);
  const parts = fc.array(part, { minLength: 1, maxLength: 2 });
  const byName = fc.record({ a: part, b: part, c: part }, { requiredKeys: [] });
  const nested = someOf(
    {
      properties: byName,
      additionalProperties: part,
      propertyNames: part,
      items: fc.oneof(part, parts),
      additionalItems: part,
      contains: part,
      dependencies: fc.record({ a: fc.oneof(part, names), b: part }, { requiredKeys: [] }),
      allOf: parts,
      anyOf: parts,
      oneOf: parts,
      not: part,
      if: part,
      then: part,
      else: part,
      $ref: fc.constantFrom('#/definitions/first', '#/$defs/second'),
    },
    3,
  );
  return fc.oneof(
    { weight: 2, arbitrary: plain },
    { weight: 4, arbitrary: fc.tuple(plain, nested).map(([one, other]) => ({ ...one, ...other })) },
    { weight: 1, arbitrary: fc.boolean() },
  );
});

const part = schemaAt(2);
const anySchema = fc
  .tuple(
    fc.record({ a: part, b: part, c: part }),
    someOf({ ...rules, additionalProperties: part, propertyNames: part }, 2),
    someOf({ allOf: fc.tuple(part), anyOf: fc.tuple(part, part), oneOf: fc.tuple(part, part), not: part }, 1),
    someOf({ if: part, then: part, else: part, dependencies: fc.record({ a: part, b: names }) }, 3),
    fc.record({ first: schemaAt(1), second: schemaAt(1) }),
  )
  .map(([properties, own, branches, conditions, { first, second }]): JsonObject => ({
    ...own,
    ...branches,
    ...conditions,
    properties,
    definitions: { first: asObject(first) },
    $defs: { second: asObject(second) },
  }));

function asObject(schema: unknown): unknown {
  return typeof schema === 'boolean' ? { not: schema ? false : {} } : schema;
}

function places(issues: readonly Issue[]): string[] {
  return [...new Set(issues.map(({ path }) => path))].sort();
}

describe('schemas made up at random', () => {
  it('use every supported rule', () => {
    const made = JSON.stringify(fc.sample(anySchema, { numRuns: 2_000, seed: 7 }));
    const rulesOfForms = Object.keys(SUPPORTED_KEYWORDS).filter((keyword) => SUPPORTED_KEYWORDS[keyword] === 'rule');
    expect(rulesOfForms.filter((keyword) => !made.includes(`"${keyword}":`))).toEqual([]);
  });

  it('get the same verdict and the same places from browser and server', { timeout: PATIENCE_MS }, () => {
    fc.assert(
      fc.property(anySchema, fc.array(answer, { minLength: 4, maxLength: 12 }), (schema, answers) => {
        expect(keywordProblems(schema)).toEqual([]);
        expect(formProblems({ jsonSchema: schema })).toEqual([]);
        const server = createAjvEngine();
        for (const data of answers) {
          expect(places(browserEngine.issues(schema, data))).toEqual(places(server.issues(schema, data)));
        }
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it(
    'make the same output, or the same errors at the same fields, of what a person sends',
    { timeout: PATIENCE_MS },
    () => {
      fc.assert(
        fc.property(anySchema, fc.array(answer, { minLength: 3, maxLength: 8 }), (schema, answers) => {
          const form = { jsonSchema: schema };
          const projection = projectForm(form, { name: 'Mia' });
          const server = createAjvEngine();
          for (const data of answers) {
            const params = { form, projection, outcome: null, data };
            const decided = checkSubmission({ ...params, engine: server });
            expect(checkSubmission({ ...params, engine: browserEngine })).toEqual(decided);
          }
        }),
        { numRuns: 60, seed: SEED },
      );
    },
  );
});
