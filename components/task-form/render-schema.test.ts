import { describe, expect, it } from 'vitest';
import { systemForms } from '@/workflows/forms';
import { renderSchema, renderUiSchema } from './render-schema';

describe('renderSchema', () => {
  it('leaves out defaults that come with the form data, and keeps those of what may come into being', () => {
    const plain = { type: 'string', default: 'plain' };
    const template = { type: 'string', default: '${contextData.a}' };
    const schema = {
      properties: {
        a: template,
        b: plain,
        c: { type: 'array', default: [{ x: '$<contextData.x>' }], items: { properties: { a: template, b: plain } } },
      },
      then: { properties: { b: plain } },
      oneOf: [{ properties: { b: plain } }],
    };
    const text = { type: 'string' };
    expect(renderSchema(schema)).toEqual({
      properties: { a: text, b: text, c: { type: 'array', items: { properties: { a: text, b: plain } } } },
      then: { properties: { b: text } },
      oneOf: [{ properties: { b: plain } }],
    });
  });

  it('lets no list begin with more rows than a page can hold, rows within rows together', () => {
    const text = { type: 'string' };
    const list = (minItems: number, items: object = text) => ({ type: 'array', minItems, items });
    const schema = {
      properties: { a: list(2), b: list(100, list(100)), c: { $ref: '#/definitions/d' } },
      definitions: { d: list(3) },
    };
    expect(renderSchema(schema)).toEqual({
      properties: { a: list(2), b: list(100, list(3)), c: { $ref: '#/definitions/d' } },
      definitions: { d: list(1) },
    });
    expect(renderSchema({ properties: { a: list(100_000) } })).toEqual({ properties: { a: list(500) } });
  });

  it('lets all lists together begin with no more rows than a page can hold, however often they are used', () => {
    const list = (minItems: number, items: object) => ({ type: 'array', minItems, items });
    const text = { type: 'string' };
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`l${at}`, list(400, text)]));
    const drawn = renderSchema({ properties: many }) as { properties: Record<string, { minItems: number }> };
    const rows = Object.values(drawn.properties).map(({ minItems }) => minItems);
    expect(rows.slice(0, 3)).toEqual([400, 100, 0]);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBe(500);

    const used = {
      properties: { rows: list(400, { $ref: '#/definitions/row' }) },
      definitions: { row: { properties: { a: list(1, text), b: list(1, { $ref: '#/definitions/row' }) } } },
    };
    expect(renderSchema(used)).toMatchObject({
      properties: { rows: { minItems: 400 } },
      definitions: { row: { properties: { a: { minItems: 0 }, b: { minItems: 0 } } } },
    });
  });

  it('does not let a box be ticked by its own rule, and keeps conditions and branches whole', () => {
    const box = { type: 'boolean', const: true };
    const schema = { properties: { ok: box }, if: { properties: { ok: box } }, oneOf: [{ properties: { ok: box } }] };
    expect(renderSchema(schema)).toEqual({
      ...schema,
      properties: { ok: { type: 'boolean', 'x-must-be-true': true } },
    });
  });

  it('writes down the type of choices, which the library needs to draw them', () => {
    const schema = {
      properties: { a: { oneOf: [{ const: 'x' }, { const: 'y' }] }, b: { enum: [1, 2] }, c: { enum: [1, 'x'] } },
    };
    expect(renderSchema(schema)).toMatchObject({ properties: { a: { type: 'string' }, b: { type: 'number' } } });
    expect(renderSchema(schema)).not.toHaveProperty('properties.c.type');
  });

  it('keeps fields whose names are keywords', () => {
    const schema = { properties: { default: { type: 'string' }, const: { type: 'boolean' } } };
    expect(renderSchema(schema)).toEqual(schema);
  });

  it('does not change the schema it is given', () => {
    for (const { jsonSchema } of systemForms) {
      const before = JSON.stringify(jsonSchema);
      renderSchema(jsonSchema);
      expect(JSON.stringify(jsonSchema)).toBe(before);
    }
  });
});

describe('renderUiSchema', () => {
  it('ignores widgets that do not exist, and styles', () => {
    const uiSchema = {
      a: { 'ui:widget': 'fancy', 'ui:style': { color: 'red' }, 'ui:help': 'Help' },
      b: { 'ui:options': { widget: 'fancy', rows: 5 } },
      c: { 'ui:widget': 'hidden' },
    };
    expect(renderUiSchema(uiSchema)).toEqual({
      a: { 'ui:help': 'Help' },
      b: { 'ui:options': { rows: 5 } },
      c: { 'ui:widget': 'hidden' },
    });
    expect(renderUiSchema(null)).toEqual({});
  });

  it('leaves out what the library would give up the page for', () => {
    const uiSchema = {
      title: { 'ui:title': 'A field called title', 'ui:description': { text: 'x' }, 'ui:help': 5, 'ui:widget': 5 },
      a: { 'ui:options': null },
      b: { 'ui:options': { description: ['x'], style: {}, currency: 'EUR', order: 'a' }, 'ui:field': 'ArrayField' },
      c: null,
      'ui:order': { a: 1 },
    };
    expect(renderUiSchema(uiSchema)).toEqual({
      title: { 'ui:title': 'A field called title' },
      a: {},
      b: { 'ui:options': { currency: 'EUR' } },
      c: null,
    });
  });

  it('puts fields that an order leaves out behind the others', () => {
    expect(renderUiSchema({ 'ui:order': ['b', 5, 'a'] })).toEqual({ 'ui:order': ['b', 'a', '*'] });
    expect(renderUiSchema({ 'ui:order': ['*', 'b', '*', 'b'] })).toEqual({ 'ui:order': ['*', 'b'] });
    expect(renderUiSchema({ a: { 'ui:options': { order: ['*', 'b'] } } })).toEqual({
      a: { 'ui:options': { order: ['*', 'b'] } },
    });
  });
});
