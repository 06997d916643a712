import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from './json';
import {
  checkedMatch,
  describeMatch,
  matches,
  probesOfEvent,
  probesOfWait,
  type Match,
  type MatchValue,
} from './match';

const payload = { invoiceId: 'inv-1', customer: { id: 7, 'a.b': true }, lines: [{ sku: 'x' }], 'whole.key': null };

describe('match', () => {
  it.each<[Match, boolean]>([
    [{ invoiceId: 'inv-1' }, true],
    [{ invoiceId: 'inv-2' }, false],
    [{ 'customer.id': 7 }, true],
    [{ 'customer.id': '7' }, false],
    [{ 'lines.0.sku': 'x' }, true],
    [{ 'lines.1.sku': 'x' }, false],
    [{ 'lines.length': 1 }, false],
    [{ 'whole.key': null }, true],
    [{ missing: null }, false],
    [{ toString: null }, false],
    [{ invoiceId: 'inv-1', 'customer.id': 7 }, true],
    [{ invoiceId: 'inv-1', 'customer.id': 8 }, false],
  ])('compares each place of the payload with its value: %j', (match, expected) => {
    expect(matches(payload, match)).toBe(expected);
  });

  it('finds nothing in a payload that is no object', () => {
    for (const each of [null, 'text', 5, []]) expect(matches(each, { a: null })).toBe(false);
  });

  it.each([[{}], [null], ['a'], [[1]], [{ a: undefined }], [{ a: { b: 1 } }], [{ a: Number.NaN }], [{ '': 1 }]])(
    'refuses what asks for nothing that can be compared: %j',
    (match) => {
      expect(() => checkedMatch(match)).toThrow(/match/);
    },
  );

  it('is described in words', () => {
    expect(describeMatch({ invoiceId: 'inv-1', ok: true })).toBe('invoiceId is "inv-1" and ok is true');
  });
});

describe('probes', () => {
  it('tell tenants, names, keys and kinds of values apart', () => {
    const base = { tenant: 'acme', names: ['Paid'], match: { id: 5 } as Match };
    const variants = [
      base,
      { ...base, tenant: 'globex' },
      { ...base, names: ['Refunded'] },
      { ...base, match: { ref: 5 } },
      { ...base, match: { id: '5' } },
    ];
    expect(new Set(variants.flatMap(probesOfWait)).size).toBe(variants.length);
  });

  it('cost what the payload is large, however long a path and however deep a value is', () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => index);
    // Hashed for each value anew, this path would take minutes.
    const key = 'k'.repeat(1_000_000);
    const below = [...probesOfEvent({ tenant: 'acme', name: 'E', payload: { [key]: numbers } })];
    expect(below).toHaveLength(numbers.length);
    expect(below).toContain(probesOfWait({ tenant: 'acme', names: ['E'], match: { [`${key}.19999`]: 19_999 } })[0]);
    let deep: JsonValue = 'here';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const path = Array.from({ length: 100_000 }, () => '0').join('.');
    expect([...probesOfEvent({ tenant: 'acme', name: 'E', payload: deep })]).toEqual(
      probesOfWait({ tenant: 'acme', names: ['E'], match: { [path]: 'here' } }),
    );
  });

  it('of an event contain one of every wait that it can end', () => {
    const key = fc.constantFrom('a', 'b', 'a.b', '0', 'a.b.a');
    const value = fc.constantFrom<MatchValue>('v', 1, true, null);
    let compared = 0;
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        value,
        fc.dictionary(key, tie('node'), { maxKeys: 4 }),
        fc.array(tie('node'), { maxLength: 2 }),
      ),
    }));
    fc.assert(
      fc.property(node, fc.dictionary(key, value, { minKeys: 1, maxKeys: 2 }), (drawn, wanted) => {
        if (!matches(drawn, wanted)) return;
        compared += 1;
        const probes = [...probesOfEvent({ tenant: 'acme', name: 'E', payload: drawn as JsonValue })];
        const [probe] = probesOfWait({ tenant: 'acme', names: ['E'], match: wanted });
        expect(probes).toContain(probe);
      }),
      { numRuns: 20_000, seed: 1 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
