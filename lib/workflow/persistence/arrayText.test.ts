import { describe, expect, it } from 'vitest';
import { ArrayText } from './arrayText';

describe('ArrayText', () => {
  it('writes nothing as an empty array', () => {
    expect(String(new ArrayText())).toBe('{}');
  });

  it('separates plain values', () => {
    const array = new ArrayText();
    array.plain(0);
    array.plain(-2.5);
    array.plain('018f');
    expect(String(array)).toBe('{0,-2.5,018f}');
  });

  it('quotes texts, and keeps the text NULL apart from nothing', () => {
    const array = new ArrayText();
    array.text('a "b" \\ {c}, d');
    array.text('NULL');
    array.text('');
    array.text(null);
    expect(String(array)).toBe('{"a \\"b\\" \\\\ {c}, d","NULL","",NULL}');
  });

  it('quotes JSON with line breaks and quotes inside', () => {
    const array = new ArrayText();
    array.json(JSON.stringify({ a: 'x\n"y"' }));
    array.json(null);
    expect(String(array)).toBe('{"{\\"a\\":\\"x\\\\n\\\\\\"y\\\\\\"\\"}",NULL}');
  });
});
