import { describe, expect, it } from 'vitest';
import { decodeJson } from './json';
import { encodeValue } from './values';

class Money {
  constructor(readonly cents: number) {}
}
class Price {
  constructor(readonly cents: number) {}
  toJSON() {
    return { cents: this.cents };
  }
}
const circle: Record<string, unknown> = {};
circle.inner = { circle };
const shared = {};
const gap: unknown[] = [1];
gap[2] = 3;

describe('values that the log holds', () => {
  it.each<[string, unknown, unknown]>([
    ['null', null, null],
    ['nothing', undefined, null],
    ['texts', 'ä "quoted" \\u0000', 'ä "quoted" \\u0000'],
    ['numbers', [0, -1.5, 1e21], [0, -1.5, 1e21]],
    ['minus zero', [-0], [0]],
    ['lists in objects', { a: [{ b: [] }] }, { a: [{ b: [] }] }],
    ['members that are undefined', { a: undefined, b: 1 }, { b: 1 }],
    ['objects without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    ['dates', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['addresses', new URL('https://example.com/a'), 'https://example.com/a'],
    ['instances that say what they are', [new Price(5)], [{ cents: 5 }]],
    ['lists with properties', Object.assign([1], { count: 1 }), [1]],
    ['the same object twice', [shared, shared], [{}, {}]],
  ])('are encoded: %s', (_, value, stored) => {
    expect(decodeJson(encodeValue(value, 'It'))).toEqual(stored);
  });

  it('may be large and deep', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 900; n += 1) deep = [deep];
    expect(encodeValue(deep, 'It')).toHaveLength(1_801);
    const wide = Array.from({ length: 100_000 }, (_, n) => ({ n }));
    expect(encodeValue(wide, 'It').length).toBeGreaterThan(1_000_000);
  });
});

describe('values that the log cannot hold', () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ['NaN', { items: [0, 1, { price: Number.NaN }] }, 'v.items[2].price is NaN.'],
    ['Infinity', [Infinity], 'v[0] is Infinity.'],
    ['the number itself', Number.NaN, 'v is NaN.'],
    ['undefined in a list', { a: [1, undefined] }, 'v.a[1] is undefined.'],
    ['a gap in a list', gap, 'v[1] is undefined.'],
    ['a BigInt', { n: 10n }, 'v.n is a BigInt.'],
    ['a function', { run: () => 1 }, 'v.run is a function.'],
    ['a function itself', () => 1, 'v is a function.'],
    ['a symbol', { a: Symbol('x') }, 'v.a is a symbol.'],
    ['a Map', { totals: new Map([['a', 1]]) }, 'v.totals is a Map.'],
    ['a Set', [new Set([1])], 'v[0] is a Set.'],
    ['an invalid date', { at: new Date('no') }, 'v.at is an invalid date.'],
    ['an instance of a class', { total: new Money(5) }, 'v.total is an instance of Money.'],
    ['a boxed number', { n: Object(1) as unknown }, 'v.n is an instance of Number.'],
    ['an error', { cause: new TypeError('x') }, 'v.cause is an error.'],
    ['a promise', { later: Promise.resolve(1) }, 'v.later is a promise.'],
    ['bytes', { file: new Uint8Array(3) }, 'v.file holds bytes.'],
    ['bytes with a form of their own', { file: Buffer.from('x') }, 'v.file holds bytes.'],
    ['what an instance says it is', { p: { toJSON: () => [Number.NaN] } }, 'v.p[0] is NaN.'],
    ['a circle', { a: circle }, 'v.a.inner.circle is part of itself.'],
    ['the character NUL', { 'a b': ['x\u0000'] }, 'v["a b"][0] is a text that holds the character NUL'],
    ['half of a pair in a name', { a: { '\ud800': 1 } }, 'v.a["\\ud800"] has a name that holds'],
  ];

  it.each(refused)('are refused with their place: %s', (_, value, says) => {
    expect(() => encodeValue(value, 'The value', 'v')).toThrow(
      expect.objectContaining({
        code: 'unstorable_value',
        message: expect.stringContaining(`The value cannot be stored: ${says}`) as string,
      }),
    );
  });

  it('need no name for the whole', () => {
    expect(() => encodeValue({ a: { b: [Number.NaN] } }, 'Event PAID')).toThrow(
      'Event PAID cannot be stored: a.b[0] is NaN.',
    );
    expect(() => encodeValue(Number.NaN, 'It')).toThrow('It cannot be stored: it is NaN.');
  });

  it('say so where their own form cannot be had, or where they are too deep', () => {
    const broken = {
      toJSON: () => {
        throw new Error('not now');
      },
    };
    expect(() => encodeValue({ broken }, 'It')).toThrow('not now');
    let deep: unknown = 1;
    for (let n = 0; n < 200_000; n += 1) deep = [deep];
    expect(() => encodeValue(deep, 'It')).toThrow('is nested deeper than');
  });
});
