import { describe, expect, it } from 'vitest';
import { ValidationFailedError } from '../../model/errors';
import type { JsonValue } from '../../model/json';
import { validateParameters } from './parameters';
import type { ActionParameter } from './types';

const definitions: readonly ActionParameter[] = [
  { name: 'invoiceId', type: 'string', required: true },
  { name: 'copies', type: 'number', defaultValue: 1 },
  { name: 'urgent', type: 'boolean' },
  { name: 'customer', type: 'object' },
  { name: 'lines', type: 'array' },
  { name: 'extra', type: 'any' },
];
const validate = (given: JsonValue | undefined) => validateParameters({ action: 'Print', definitions, given });
const errorOf = (given: JsonValue | undefined): ValidationFailedError => {
  try {
    validate(given);
  } catch (error) {
    if (error instanceof ValidationFailedError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('validateParameters', () => {
  it('passes on what is declared and fills in defaults', () => {
    const given = { invoiceId: 'a', urgent: false, customer: { id: 1 }, lines: [1], extra: ['x'] };
    expect(validate(given)).toEqual({ ...given, copies: 1 });
  });

  it('takes null for not given', () => {
    expect(validate({ invoiceId: 'a', copies: null, urgent: null })).toEqual({ invoiceId: 'a', copies: 1 });
    expect(errorOf({ invoiceId: null }).fieldErrors).toEqual([
      { path: '/invoiceId', message: 'Parameter "invoiceId" is required.' },
    ]);
  });

  it('names every wrong parameter at once', () => {
    const error = errorOf({ copies: '2', urgent: 1, customer: [], lines: {}, invoiceID: 'a' });
    expect(error.fieldErrors?.map(({ path }) => path)).toEqual([
      '/invoiceId',
      '/copies',
      '/urgent',
      '/customer',
      '/lines',
      '/invoiceID',
    ]);
    expect(error.message).toContain('Action "Print"');
    expect(error.message).toContain('"invoiceId" is required');
    expect(error.message).toContain('"copies" must be a number, not a text');
    expect(error.message).toContain('"invoiceID" is not declared');
  });

  it('converts nothing', () => {
    expect(errorOf({ invoiceId: 12 }).fieldErrors).toHaveLength(1);
  });

  it('wants an object', () => {
    expect(errorOf('text').message).toContain('one object');
    expect(errorOf([1]).message).toContain('one object');
    expect(validateParameters({ action: 'x', definitions: [], given: undefined })).toEqual({});
    expect(validateParameters({ action: 'x', definitions: [], given: null })).toEqual({});
  });

  it('reads own members only', () => {
    const wanted = [{ name: 'toString', type: 'any' as const, required: true }];
    expect(() => validateParameters({ action: 'x', definitions: wanted, given: {} })).toThrow('required');
  });

  it('hands on everything where nothing is declared', () => {
    expect(validateParameters({ action: 'x', definitions: [], given: { a: [1] } })).toEqual({ a: [1] });
  });
});
