import { describe, expect, it } from 'vitest';
import { recordError } from './errors';
import { detailsOf, largestDetails, longestMessage, messageOf } from './messages';

const circular: Record<string, unknown> = { name: 'a' };
circular.self = circular;

describe('what is kept of errors and log lines', () => {
  it.each<[string, unknown, unknown]>([
    ['large numbers', { total: 10n }, { total: '10' }],
    ['structures that hold themselves', circular, { name: 'a', self: '[circular]' }],
    ['texts with NUL', { 'a\u0000b': ['\ud800'] }, { 'a\ufffdb': ['\ufffd'] }],
    [
      'members that cannot be read',
      {
        get bad() {
          throw new Error('no');
        },
      },
      '[unreadable]',
    ],
    [
      'objects with a text of their own',
      { at: new Date(0), total: 1n },
      { at: '1970-01-01T00:00:00.000Z', total: '1' },
    ],
    ['nothing', undefined, null],
  ])('shows %s', (_, value, kept) => {
    expect(detailsOf(value)).toEqual(kept);
  });

  it('keeps the structure of what is deep, up to a depth that no stack ends at', () => {
    let deep: unknown = 1n;
    for (let i = 0; i < 5_000; i += 1) deep = [deep];
    expect(JSON.stringify(detailsOf(deep))).toContain('[too deep]');
  });

  it('cuts a long message and says how much is missing', () => {
    const message = messageOf('m'.repeat(3_000_000));
    expect(message).toBe(`${'m'.repeat(longestMessage)}… (cut: 2,900,000 more characters)`);
    expect(messageOf('m'.repeat(longestMessage))).toHaveLength(longestMessage);
  });

  it('cuts no character in two', () => {
    const message = messageOf(`${'m'.repeat(longestMessage - 1)}\u{1f600}`);
    expect(message).toBe(`${'m'.repeat(longestMessage - 1)}… (cut: 2 more characters)`);
  });

  it('keeps the beginning of details that are too large', () => {
    const kept = detailsOf({ list: 'x'.repeat(largestDetails) }) as string;
    expect(kept.startsWith('{"list":"xxx')).toBe(true);
    expect(kept).toContain('(cut: 1,900,011 more characters)');
  });
});

describe('an error as the log keeps it', () => {
  it.each<[string, unknown, object]>([
    [
      'an object',
      { why: 'no stock', left: 0 },
      { message: '{"why":"no stock","left":0}', details: { why: 'no stock', left: 0 } },
    ],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { message: '{"a":1}' }],
    ['a large number in an object', { n: 1n }, { message: '{"n":"1"}', details: { n: '1' } }],
    ['a text', 'no', { message: 'no', details: null }],
    ['nothing', undefined, { message: 'undefined', details: null }],
    ['a list', [1, 'a'], { message: '1,a', details: [1, 'a'] }],
  ])('says what was thrown when it was %s', (_, thrown, kept) => {
    expect(recordError(thrown)).toMatchObject({ name: 'Error', code: null, ...kept });
  });

  it('cuts its name, message and details', () => {
    const long = Object.assign(new Error('m'.repeat(3_000_000)), {
      name: 'N'.repeat(3_000_000),
      details: 'd'.repeat(3_000_000),
    });
    const { name, message, details } = recordError(long);
    for (const text of [name, message, details as string]) expect(text).toContain('more characters)');
    for (const text of [name, message, details as string]) expect(text.length).toBeLessThan(longestMessage + 100);
  });

  it('is kept even where it cannot be read', () => {
    const refuse = () => {
      throw new Error('trap');
    };
    const unreadable = {
      name: 'Error',
      message: 'Something was thrown that cannot be read.',
      code: null,
      details: null,
    };
    expect(recordError(new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse }))).toEqual(unreadable);
    expect(recordError(Object.defineProperty(new Error('x'), 'message', { get: refuse }))).toEqual(unreadable);
  });
});
