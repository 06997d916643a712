import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import { withEmptied } from './emptied';

const text = { type: 'string', default: 'Berlin' };
const place = { type: 'object', properties: { city: text, street: { type: 'string' } } };

describe('withEmptied', () => {
  it('names what was left empty, in groups, rows and what is used by reference', () => {
    const root = {
      properties: {
        title: text,
        from: { $ref: '#/definitions/place' },
        to: { $ref: '#/definitions/place' },
        stops: { type: 'array', items: { $ref: '#/definitions/place' } },
      },
      definitions: { place },
    };
    const answers = { from: { street: 'A' }, stops: [{ city: 'Kiel' }, {}] };
    expect(withEmptied({ root, answers, engine: browserEngine })).toStrictEqual({
      title: undefined,
      from: { city: undefined, street: 'A' },
      to: undefined,
      stops: [
        { city: 'Kiel', street: undefined },
        { city: undefined, street: undefined },
      ],
    });
  });

  it('leaves fields missing that were not shown: they begin with their default once they are', () => {
    const root = {
      properties: { urgent: { type: 'boolean' } },
      if: { properties: { urgent: { const: true } }, required: ['urgent'] },
      then: { properties: { reason: text } },
      else: { properties: { later: text } },
    };
    expect(withEmptied({ root, answers: { urgent: true }, engine: browserEngine })).toStrictEqual({
      urgent: true,
      reason: undefined,
    });
    expect(withEmptied({ root, answers: {}, engine: browserEngine })).toStrictEqual({
      urgent: undefined,
      later: undefined,
    });
  });

  it('comes to an end within circles, and takes no member that could reach a prototype', () => {
    const root = { $ref: '#/definitions/a', definitions: { a: { properties: { a: { $ref: '#/definitions/a' } } } } };
    expect(withEmptied({ root, answers: { a: { a: {} } }, engine: browserEngine })).toStrictEqual({
      a: { a: { a: undefined } },
    });
    const unsafe = { properties: JSON.parse('{"__proto__": {"type": "string"}}') as Record<string, unknown> };
    expect(withEmptied({ root: unsafe, answers: {}, engine: browserEngine })).toStrictEqual({});
  });
});
