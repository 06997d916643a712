import { describe, expect, it } from 'vitest';
import { systemForms } from '@/workflows/forms';
import { invoiceReviewForm } from '@/workflows/forms/invoice-review-form';
import { findMissingKeys, projectForm, shownText } from './projection';
import type { FormDefinition } from './types';

const form = (properties: Record<string, unknown>, uiSchema: Record<string, unknown> = {}): FormDefinition => ({
  jsonSchema: { type: 'object', properties },
  uiSchema,
});

describe('projectForm', () => {
  it('fills fields from context data of the same name and shows templates in defaults', () => {
    const contextData = {
      invoiceNumber: 'INV-1042',
      customer: 'Nordwind Logistics',
      amountText: '€8,420.00',
      requesterName: 'Alice',
      note: 'For October',
      lineSummary: '40 pallets',
      isUrgent: true,
      resolutionNotes: 'Initial assessment complete.',
      secretMargin: 0.4,
    };
    const { formData, texts } = projectForm(invoiceReviewForm, contextData);
    expect(formData).toEqual({
      summary:
        'Alice submitted invoice INV-1042 for Nordwind Logistics: €8,420.00.\n\n40 pallets\n\nNote from Alice: For October',
      isUrgent: true,
      resolutionNotes: 'Initial assessment complete.',
    });
    expect(JSON.stringify({ formData, texts })).not.toContain('secretMargin');
    expect(shownText(texts, '${contextData.requesterName} sees this. Needed when you reject.')).toBe(
      'Alice sees this. Needed when you reject.',
    );
  });

  it('leaves the schema as it was, byte for byte', () => {
    for (const systemForm of systemForms) {
      const before = JSON.stringify(systemForm);
      projectForm(systemForm, { errorMessage: 'x', customer: 'y' });
      expect(JSON.stringify(systemForm)).toBe(before);
    }
  });

  it('prefers context data to the default, and the default to null', () => {
    const definition = form({ a: { type: 'string', default: 'd' }, b: { type: 'string', default: 'd' } });
    expect(projectForm(definition, { a: 'x', b: null }).formData).toEqual({ a: 'x', b: 'd' });
  });

  it('keeps null where the field allows it, drops it elsewhere', () => {
    const definition = form({ a: { type: ['string', 'null'] }, b: { type: 'string' } });
    expect(projectForm(definition, { a: null, b: null }).formData).toEqual({ a: null });
  });

  it.each([
    ['string', 12.5, '12.5'],
    ['string', true, 'true'],
    ['number', '12.5', 12.5],
    ['integer', '12', 12],
    ['integer', '12.5', undefined],
    ['integer', 12.5, undefined],
    ['number', 'about 12', undefined],
    ['boolean', 'true', true],
    ['boolean', 'yes', undefined],
    ['string', { a: 1 }, undefined],
    ['array', 'a', undefined],
  ])('turns a value for a %s field from %j into %j', (type, value, expected) => {
    expect(projectForm(form({ a: { type } }), { a: value }).formData.a).toEqual(expected);
  });

  it('turns a template into what the field holds', () => {
    const definition = form({ amount: { type: 'number', default: '${contextData.order.total}' } });
    expect(projectForm(definition, { order: { total: 19.5 } }).formData).toEqual({ amount: 19.5 });
  });

  it('gives declared members only, in nested objects and lists too', () => {
    const definition = form({
      customer: { type: 'object', properties: { name: { type: 'string' } } },
      lines: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
    });
    const contextData = {
      customer: { name: 'Nordwind', creditLimit: 5 },
      lines: [{ text: 'Film', cost: 2 }, { cost: 3 }],
      other: 1,
    };
    expect(projectForm(definition, contextData).formData).toEqual({
      customer: { name: 'Nordwind' },
      lines: [{ text: 'Film' }, {}],
    });
  });

  it('never hands over the whole context data, even to a schema that allows anything', () => {
    const definition: FormDefinition = {
      jsonSchema: { type: 'object', additionalProperties: true, properties: { a: { type: 'string' } } },
    };
    expect(projectForm(definition, { a: 'x', secret: 'y' }).formData).toEqual({ a: 'x' });
  });

  it('fills fields of every branch, since it cannot know which will be shown', () => {
    const definition: FormDefinition = {
      jsonSchema: {
        type: 'object',
        properties: { urgent: { type: 'boolean' } },
        if: { properties: { urgent: { const: true } } },
        then: { properties: { reason: { type: 'string', default: 'Asked by ${contextData.by}' } } },
        allOf: [{ properties: { extra: { $ref: '#/definitions/extra' } } }],
        definitions: { extra: { type: 'string', default: 'e' } },
      },
    };
    expect(projectForm(definition, { by: 'Mia' }).formData).toEqual({ reason: 'Asked by Mia', extra: 'e' });
  });

  it('expands title, description, help and placeholder', () => {
    const definition = form(
      { a: { type: 'string', title: 'For ${contextData.who}', description: 'D ${contextData.who}' } },
      {
        a: {
          'ui:help': 'H ${contextData.who}',
          'ui:options': { placeholder: 'P ${contextData.who}' },
          'ui:messages': { required: 'M ${contextData.who}' },
        },
      },
    );
    const { texts } = projectForm(definition, { who: 'Mia' });
    const shown = ['For', 'D', 'H', 'P', 'M'].map((start) => shownText(texts, `${start} \${contextData.who}`));
    expect(shown).toEqual(['For Mia', 'D Mia', 'H Mia', 'P Mia', 'M Mia']);
  });

  it('ignores members that reach for a prototype', () => {
    const definition: FormDefinition = {
      jsonSchema: JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"polluted":{"type":"string","default":"yes"}}},"constructor":{"type":"string","default":"x"},"a":{"type":"object","additionalProperties":true}}}',
      ) as FormDefinition['jsonSchema'],
    };
    const contextData: unknown = JSON.parse('{"__proto__":{"polluted":"yes"},"a":{"__proto__":{"polluted":"yes"}}}');
    const { formData } = projectForm(definition, contextData);
    expect(Object.keys(formData)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('ends on a schema that refers to itself', () => {
    const definition: FormDefinition = {
      jsonSchema: {
        $ref: '#/definitions/node',
        definitions: { node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } } },
      },
    };
    expect(projectForm(definition, { next: { next: {} } }).formData).toEqual({});
  });
});

describe('findMissingKeys', () => {
  it('names what templates ask for and the context data lacks', () => {
    expect(findMissingKeys(invoiceReviewForm, { requesterName: 'Alice', customer: null, lineSummary: '' })).toEqual([
      'invoiceNumber',
      'amountText',
      'note',
    ]);
  });

  it('names read-only fields that nothing fills', () => {
    const definition = form({ total: { type: 'number', readOnly: true }, answer: { type: 'string' } });
    expect(findMissingKeys(definition, {})).toEqual(['total']);
    expect(findMissingKeys(definition, { total: 5 })).toEqual([]);
  });
});
