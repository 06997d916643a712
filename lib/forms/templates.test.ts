import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandTemplate, MAX_EXPANDED_LENGTH, templatePlaceholders } from './templates';

const text = (template: string, contextData: unknown) => expandTemplate(template, contextData).text;

describe('expandTemplate', () => {
  it('fills the report of an error', () => {
    const template =
      'Workflow Instance ID: ${contextData.workflowInstanceId}\nError Code: ${contextData.errorCode}\nMessage: ${contextData.errorMessageText}\nEntity: ${contextData.entityType} (ID: ${contextData.entityId})';
    const contextData = {
      workflowInstanceId: 'wf-1',
      errorCode: 'QBO-123',
      errorMessageText: 'Customer not found in QBO.',
      entityType: 'Customer',
      entityId: 42,
    };
    expect(expandTemplate(template, contextData)).toEqual({
      text: 'Workflow Instance ID: wf-1\nError Code: QBO-123\nMessage: Customer not found in QBO.\nEntity: Customer (ID: 42)',
      missing: [],
    });
  });

  it.each([
    ['${contextData.a.b}', { a: { b: 'x' } }, 'x'],
    ['$<contextData.a.b>', { a: { b: 'x' } }, 'x'],
    ['${ contextData.a }', { a: 'x' }, 'x'],
    ['${contextData.lines[1].name}', { lines: [{}, { name: 'Film' }] }, 'Film'],
    ['${contextData["first name"]}', { 'first name': 'Mia' }, 'Mia'],
    ["${contextData['it\\'s']}", { "it's": 'so' }, 'so'],
    ['${contextData.größe}', { größe: 7 }, '7'],
    ['${contextData.flag} ${contextData.zero}', { flag: false, zero: 0 }, 'false 0'],
    ['${contextData.tags}', { tags: ['a', 1, true] }, 'a, 1, true'],
    ['${contextData.tags}', { tags: [] }, '—'],
    ['${contextData.object}', { object: { a: 1 } }, '{"a":1}'],
    ['${contextData.a}${contextData.a}', { a: 'x' }, 'xx'],
  ])('expands %s', (template, contextData, expected) => {
    expect(text(template, contextData)).toBe(expected);
  });

  it.each([
    '${contextData}',
    '${other.a}',
    '${contextData.a + 1}',
    '${contextData.a()}',
    '${contextData.a',
    '${contextData[a]}',
    '${contextData[-1]}',
    '${contextData.}',
    '${contextData["a]}',
    '$<contextData.a}',
    '${contextData.a>',
    '$',
    '${',
    '100 $ and 5 €',
  ])('leaves %s as it is', (template) => {
    expect(expandTemplate(template, { a: 'x', 'contextData.a': 'y' })).toEqual({ text: template, missing: [] });
  });

  it('shows a dash for null and for what is missing, and names only what is missing', () => {
    const result = expandTemplate('${contextData.nothing} ${contextData.lost.deep} ${contextData.lost.deep}', {
      nothing: null,
    });
    expect(result).toEqual({ text: '— — —', missing: ['lost.deep'] });
  });

  it('reads own members only', () => {
    const inherited = Object.create({ secret: 'inherited' }) as object;
    for (const path of ['__proto__', 'constructor', 'constructor.name', 'prototype', 'toString', '__proto__.secret']) {
      expect(text(`\${contextData.${path}}`, inherited)).toBe('—');
    }
    expect(text('${contextData.secret}', inherited)).toBe('—');
    expect(text('${contextData["__proto__"]["secret"]}', JSON.parse('{"__proto__":{"secret":1}}'))).toBe('—');
  });

  it('does not index a text by number, nor an object by array index', () => {
    expect(text('${contextData.a[0]}${contextData.b[0]}', { a: 'xyz', b: { 0: 'x' } })).toBe('——');
  });

  it('stops at 16 steps', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'end' : { a: nested(depth - 1) });
    expect(text(`\${contextData${'.a'.repeat(16)}}`, nested(16))).toBe('end');
    expect(text(`\${contextData${'.a'.repeat(17)}}`, nested(17))).toBe('—');
  });

  it('writes $${ as ${', () => {
    expect(text('$${contextData.a} costs $$<5', { a: 'x' })).toBe('${contextData.a} costs $<5');
    expect(text('$$${contextData.a}', { a: 'x' })).toBe('$${contextData.a}');
  });

  it('expands once: a value that holds a placeholder stays as it is', () => {
    expect(text('${contextData.a}', { a: '${contextData.b}', b: 'secret' })).toBe('${contextData.b}');
  });

  it('caps the text at 64 kB', () => {
    const long = text('${contextData.a}${contextData.a}', { a: 'x'.repeat(60_000) });
    expect(long).toHaveLength(MAX_EXPANDED_LENGTH);
    expect(long.endsWith('x…')).toBe(true);
  });

  it('never throws, whatever the template and the data are', () => {
    const fragment = fc.constantFrom('$', '{', '}', '<', '>', '[', ']', '.', '"', "'", '\\', 'contextData', 'a', '0');
    const template = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(fragment, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(template, fc.anything(), (source, contextData) => {
        const result = expandTemplate(source, contextData);
        expect(typeof result.text).toBe('string');
        expect(templatePlaceholders(source)).toEqual(expect.arrayContaining(result.missing));
      }),
      { numRuns: 2000 },
    );
  });

  it('never expands what a value says', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(text('<${contextData.value}>', { value, secret: 'x' })).toBe(`<${value}>`);
      }),
    );
  });

  it('keeps a text without dollar signs', () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !value.includes('$')),
        (value) => {
          expect(text(value, {})).toBe(value);
        },
      ),
    );
  });

  it.each(['${', '${contextData', '${contextData["', '$<contextData.a', '$${', '${contextData.a}'])(
    'takes time in proportion to a text of many %s: what grows faster would not come to an end',
    (piece) => {
      expect(expandTemplate(piece.repeat(Math.ceil(200_000 / piece.length)), { a: 'x' })).toBeDefined();
    },
  );
});

describe('templatePlaceholders', () => {
  it('lists each path once, as a person would write it', () => {
    expect(
      templatePlaceholders('${contextData.a.b} ${contextData.a.b} ${contextData.c[0]["x y"]} $${contextData.no}'),
    ).toEqual(['a.b', 'c[0]["x y"]']);
  });
});
