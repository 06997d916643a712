import { describe, expect, it } from 'vitest';
import { systemForms } from '@/workflows/forms';
import { invoiceReviewForm } from '@/workflows/forms/invoice-review-form';
import type { FormDefinition, JsonObject } from '../types';
import { LIMITS } from './limits';
import { checkForm, validateSubmission } from './validator';

const formOf = (jsonSchema: JsonObject): FormDefinition => ({ jsonSchema: { type: 'object', ...jsonSchema } });
const validate = (form: FormDefinition, data: unknown, outcome: string | null = null) =>
  validateSubmission({ form, contextData: {}, outcome, data });

describe('validateSubmission', () => {
  it('makes the output of a task from the pinned form, the context data and the answer', () => {
    const contextData = { invoiceNumber: 'INV-7', customer: 'Nordwind', requesterName: 'Alice', isUrgent: true };
    const data = { summary: 'forged', isUrgent: false, comment: 'Fine', role: 'admin' };
    const result = validateSubmission({ form: invoiceReviewForm, contextData, outcome: 'approve', data });
    expect(result).toEqual({
      ok: true,
      output: {
        summary: 'Alice submitted invoice INV-7 for Nordwind: —.\n\n—\n\nNote from Alice: —',
        isUrgent: false,
        comment: 'Fine',
      },
    });
  });

  it('needs no data for a form that asks for nothing', () => {
    for (const data of [undefined, null, {}]) expect(validate(formOf({}), data)).toEqual({ ok: true, output: {} });
  });

  it.each([['text'], [5], [[1]]])('refuses %j in place of an object', (data) => {
    expect(validate(formOf({}), data)).toMatchObject({ ok: false, formError: expect.stringContaining('JSON object') });
  });

  it('runs patterns in linear time: one that explodes would not come to an end', () => {
    const form = formOf({ properties: { a: { type: 'string', title: 'Code', pattern: '^(a+)+$' } } });
    const result = validate(form, { a: `${'a'.repeat(50_000)}!` });
    expect(result).toMatchObject({ ok: false, fieldErrors: [{ path: '/a', keyword: 'pattern' }] });
    expect(validate(form, { a: 'aaaa' }).ok).toBe(true);
  });

  it('tells several patterns apart', () => {
    const form = formOf({ properties: { a: { pattern: '^x$' }, b: { pattern: '^y$' } } });
    expect(validate(form, { a: 'x', b: 'y' }).ok).toBe(true);
    expect(validate(form, { a: 'y', b: 'y' })).toMatchObject({ fieldErrors: [{ path: '/a' }] });
    expect(validate(form, { a: 'x', b: 'x' })).toMatchObject({ fieldErrors: [{ path: '/b' }] });
  });

  it('gives a form error for a form that cannot be used', () => {
    for (const pattern of ['(?<=a)b', '(a)\\1', '(']) {
      const result = validate(formOf({ properties: { a: { pattern } } }), { a: 'b' });
      expect(result).toMatchObject({ ok: false, fieldErrors: [], formError: expect.stringContaining('author') });
    }
  });

  it('refuses answers that are too large or too deep', () => {
    const tooLarge = { ok: false, fieldErrors: [], formError: expect.stringContaining('too large') };
    const form = formOf({ additionalProperties: true });
    const deep = JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`) as unknown;
    expect(validate(form, { a: 'x'.repeat(LIMITS.outputLength) })).toEqual(tooLarge);
    expect(validate(form, { a: Array.from({ length: LIMITS.outputParts }, () => 1) })).toEqual(tooLarge);
    expect(validate(form, deep)).toEqual(tooLarge);
  });

  it('does not change the form it was given', () => {
    const form = formOf({ properties: { a: { $ref: '#/definitions/t' } }, definitions: { t: { type: 'string' } } });
    const before = JSON.stringify(form);
    const frozen = deepFreeze(form);
    expect(validate(frozen, { a: 'x' }).ok).toBe(true);
    expect(JSON.stringify(frozen)).toBe(before);
  });

  it('keeps forms with the same id but another schema apart', () => {
    const first = formOf({ $id: 'https://acme.test/form', properties: { a: { type: 'string' } } });
    const second = formOf({ $id: 'https://acme.test/form', properties: { a: { type: 'number' } } });
    expect(validate(first, { a: 'x' }).ok).toBe(true);
    expect(validate(second, { a: 'x' }).ok).toBe(false);
    expect(validate(first, { a: 'x' }).ok).toBe(true);
  });

  it('forgets forms not used for long and still checks them', () => {
    for (let index = 0; index < 230; index += 1) {
      expect(validate(formOf({ properties: { [`field${index}`]: { type: 'string' } } }), {}).ok).toBe(true);
    }
    expect(validate(formOf({ properties: { field0: { type: 'string' } } }), { field0: 5 }).ok).toBe(false);
  });
});

describe('checkForm', () => {
  it.each(systemForms.map((form) => [form.name, form] as const))('accepts %s', (_name, form) => {
    expect(checkForm(form)).toEqual([]);
  });

  it.each([
    [{ properties: JSON.parse('{"__proto__":{}}') as JsonObject }, 'cannot be called'],
    [{ properties: { a: { $ref: '#/definitions/none' } } }, 'refers to nothing'],
    [{ properties: { a: { $ref: 'https://example.com/schema' } } }, 'refers to nothing'],
    [{ properties: { a: { unevaluatedProperties: false } } }, 'not supported'],
    [{ properties: { a: { type: 'string', format: 'data-url' } } }, 'data URL'],
    [{ properties: { a: { type: 'no such type' } } }, 'type'],
    [{ properties: { a: { pattern: '(?=x)' } } }, '(?='],
    [{ description: 'x'.repeat(LIMITS.schemaLength) }, 'larger than'],
    [nested(60), 'nested deeper'],
    [doubling(20), 'too large once'],
  ])('refuses %j', (schema, problem) => {
    expect(checkForm(formOf(schema)).join(' ')).toContain(problem);
  });

  it('allows fields called like keywords', () => {
    expect(checkForm(formOf({ properties: { prefixItems: { type: 'string' }, default: { type: 'string' } } }))).toEqual(
      [],
    );
  });

  it('accepts a schema that refers to itself', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/definitions/node' }, name: { type: 'string' } } };
    const form = formOf({ properties: { tree: { $ref: '#/definitions/node' } }, definitions: { node } });
    expect(checkForm(form)).toEqual([]);
    expect(validate(form, { tree: { next: { name: 5 } } })).toMatchObject({
      fieldErrors: [{ path: '/tree/next/name' }],
    });
  });
});

function nested(depth: number): JsonObject {
  return depth === 0 ? {} : { properties: { a: nested(depth - 1) } };
}

/** Each definition refers twice to the next: small as text, 2^depth parts when written out. */
function doubling(depth: number): JsonObject {
  const definitions = Object.fromEntries(
    Array.from({ length: depth }, (_, index) => {
      const next = index + 1 === depth ? { type: 'string' } : { $ref: `#/definitions/d${index + 1}` };
      return [`d${index}`, { anyOf: [next, { not: next }] }];
    }),
  );
  return { properties: { a: { $ref: '#/definitions/d0' } }, definitions };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
