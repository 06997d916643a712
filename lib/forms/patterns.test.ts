import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import { browserPattern } from './patterns';

const quick = [
  '^INV-\\d+$',
  '^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$',
  '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^(?:yes|no)$',
  '^(?<year>\\d{4})-(?:\\d{2})$',
  '^(\\d{3})+$',
  '^\\p{L}[\\p{L} ]*$',
  '^(?=.*\\d).+$',
  '\\S',
  '[a-z]+\\d+',
  '^$|^\\d+$',
  '^[\\]()|*+]*$',
  '^\\(a+\\)$',
];
const explosive = [
  '^(a+)+$',
  '^((a+))+$',
  '^(a*)*b',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(?:(?:a+)b?)+$',
  '^([a-z]+\\d?)*$',
  '^(a?){50}$',
  '^a*a*a*a*a*a*b$',
  '^(.*)\\1$',
  '^(?<x>.*)\\k<x>$',
  '(a+)+',
  '^(\\(a+)+$',
  '^([a)]+)+$',
  '^((a{1,50}){1,50}){1,50}$',
  '^a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaa$',
];

describe('a pattern in the browser', () => {
  it.each(quick)('%s is tried', (pattern) => {
    const made = browserPattern(pattern);
    expect(made).toBeDefined();
    const [own, given] = [new RegExp(made ?? '', 'u'), new RegExp(pattern, 'u')];
    for (const text of [
      '',
      'INV-7',
      'a@b.c',
      'yes',
      '2026-11-23',
      '123123',
      'Ærø',
      'a1',
      '(aa)',
      'DE89370400440532013000',
    ]) {
      expect(own.test(text), text).toBe(given.test(text));
    }
    if (made !== pattern)
      expect(own.test(`${'😀'.repeat(300)}-`), 'a text that is too long is for the server').toBe(true);
  });

  it.each(explosive)('%s is left to the server', (pattern) => {
    expect(browserPattern(pattern)).toBeUndefined();
  });

  it('that is none is left to the server', () => {
    for (const broken of ['(', '[', 'a{2,1}', '\\p{Nonsense}']) expect(browserPattern(broken)).toBeUndefined();
  });

  it('that only grows with the text is tried on every text', () => {
    for (const pattern of ['^INV-\\d+$', '\\S', '^(?:yes|no)$']) expect(browserPattern(pattern)).toBe(pattern);
  });

  it('that is left to the server keeps nobody from answering by what it would have kept away', () => {
    const schema = {
      properties: {
        slow: { not: { pattern: '^((a+))+$' } },
        long: { not: { properties: { x: { pattern: '^.*a.*b$' } } } },
        quick: { not: { pattern: '^a+$' } },
      },
    };
    const issues = browserEngine.issues(schema, { slow: 'b', long: { x: 'c'.repeat(400) }, quick: 'a'.repeat(400) });
    expect(issues.map(({ path }) => path)).toEqual(['/quick']);
  });

  it('that explodes keeps no form from being checked for the rest', () => {
    const text = `${'a'.repeat(64)}b`;
    const schema = {
      type: 'object',
      properties: { slow: { type: 'string', pattern: '^((a+))+$' }, quick: { type: 'string', pattern: '^\\d+$' } },
      patternProperties: { '^((b+))+$': { type: 'number' }, '^n_': { type: 'number' } },
      additionalProperties: false,
    };
    const data = { slow: text, quick: text, n_1: 'one', [`${'b'.repeat(64)}c`]: 1 };
    expect(
      browserEngine
        .issues(schema, data)
        .map(({ path, keyword }) => `${keyword} ${path}`)
        .toSorted(),
    ).toEqual(['pattern /quick', 'type /n_1']);
  });
});
