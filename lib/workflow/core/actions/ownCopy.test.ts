import { describe, expect, it } from 'vitest';
import { ownCopy } from './ownCopy';

describe('the copy of parameters that a handler gets', () => {
  it('shares nothing with the original', () => {
    const original = { lines: [{ amount: 1, tags: ['a'] }], note: null, of: { whom: 'mia' } };
    const copy = ownCopy(original);
    expect(copy).toEqual(original);
    copy.lines[0]?.tags.push('b');
    copy.of.whom = 'omar';
    expect(original).toEqual({ lines: [{ amount: 1, tags: ['a'] }], note: null, of: { whom: 'mia' } });
  });

  it('keeps what a schema made of JSON', () => {
    const original = { at: new Date(5), of: new Map([['a', new Set([1])]]), bytes: new Uint8Array([7]) };
    const copy = ownCopy(original);
    expect(copy).toEqual(original);
    expect(copy.at).toBeInstanceOf(Date);
    expect(copy.at).not.toBe(original.at);
    expect(copy.of.get('a')).not.toBe(original.of.get('a'));
  });

  it('takes a name for a name, also that of the prototype', () => {
    const original = JSON.parse('{"__proto__":{"polluted":{"deep":true}},"plain":1}') as Record<string, unknown>;
    const copy = ownCopy(original);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(original));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect('polluted' in copy).toBe(false);
  });
});
