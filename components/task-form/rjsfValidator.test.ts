import { describe, expect, it, vi } from 'vitest';
import { browserEngine } from '@/lib/forms/browserEngine';
import { rjsfValidator, toErrorSchema } from './rjsfValidator';

describe('rjsfValidator', () => {
  const schema = {
    type: 'object' as const,
    properties: { a: { type: 'string' as const, title: 'Answer' }, list: { type: 'array' as const, minItems: 1 } },
    required: ['a'],
  };

  it('gives errors in the shape of rjsf', () => {
    expect(rjsfValidator.validateFormData({ list: [] }, schema)).toEqual({
      errors: [
        {
          name: 'required',
          property: '.a',
          message: 'Answer is required. Write an answer.',
          stack: 'Answer is required. Write an answer.',
        },
        expect.objectContaining({ name: 'minItems', property: '.list' }),
      ],
      errorSchema: {
        a: { __errors: ['Answer is required. Write an answer.'] },
        list: { __errors: ['List has too few entries. Add entries until there are 1.'] },
      },
    });
  });

  it('answers whether a part of a schema holds, references and missing data included', () => {
    const root = { definitions: { yes: { const: 'yes' } } };
    const part = { properties: { a: { $ref: '#/definitions/yes' } }, required: ['a'] };
    expect(rjsfValidator.isValid(part, { a: 'yes' }, root)).toBe(true);
    expect(rjsfValidator.isValid(part, { a: 'no' }, root)).toBe(false);
    expect(rjsfValidator.isValid(part, { a: undefined }, root)).toBe(false);
    expect(rjsfValidator.isValid({ type: 'object' }, undefined, root)).toBe(false);
    expect(rjsfValidator.isValid({ $ref: '#/definitions/none' }, {}, root)).toBe(false);
  });

  it('works where code may not be made from text', () => {
    const evalSpy = vi.spyOn(globalThis, 'Function').mockImplementation(() => {
      throw new EvalError('unsafe-eval is not allowed');
    });
    try {
      expect(rjsfValidator.validateFormData({}, schema).errors).toHaveLength(1);
      expect(evalSpy).not.toHaveBeenCalled();
    } finally {
      evalSpy.mockRestore();
    }
  });

  it('leaves patterns that could block the page to the server', () => {
    const risky = { properties: { a: { pattern: '^(a+)+$' }, b: { pattern: '(' } } };
    const startedAt = performance.now();
    expect(browserEngine.issues(risky, { a: `${'a'.repeat(40)}!`, b: 'x' })).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  it('does not write into the schema', () => {
    const frozen = Object.freeze({ properties: Object.freeze({ a: Object.freeze({ type: 'string' as const }) }) });
    expect(browserEngine.issues(frozen, { a: 5 })).toEqual([{ path: '/a', keyword: 'type', rule: 'string' }]);
  });
});

describe('toErrorSchema', () => {
  it('nests by path, keeps form errors at the top and never reaches a prototype', () => {
    const errors = [
      { path: '', message: 'Whole', keyword: 'x' },
      { path: '/lines/0/a~1b', message: 'Wrong', keyword: 'x' },
      { path: '/__proto__/polluted', message: 'Bad', keyword: 'x' },
    ];
    expect(toErrorSchema(errors)).toEqual({
      __errors: ['Whole'],
      lines: { 0: { 'a/b': { __errors: ['Wrong'] } } },
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
