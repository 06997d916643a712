import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import { readOnlyRows } from './display';
import type { FormDefinition, JsonObject } from './types';

const rows = (form: FormDefinition, data: JsonObject) =>
  readOnlyRows({ form, texts: { '${contextData.x}': 'Shown' }, data, engine: browserEngine });
const texts = (form: FormDefinition, data: JsonObject) =>
  rows(form, data).map((row) => (row.kind === 'text' ? `${row.label}: ${row.text}` : row.label));

describe('readOnlyRows', () => {
  it('shows answers the way people say them', () => {
    const form: FormDefinition = {
      jsonSchema: {
        type: 'object',
        properties: {
          summary: { type: 'string', title: '${contextData.x}' },
          amount: { type: 'number' },
          isUrgent: { type: 'boolean' },
          pay: { oneOf: [{ const: 'bank', title: 'By bank' }] },
          due: { type: 'string', format: 'date' },
          at: { type: 'string', format: 'date-time' },
          tags: { type: 'array', items: { enum: ['a', 'b'] } },
          empty: { type: 'string' },
          secret: { type: 'string' },
        },
      },
      uiSchema: {
        amount: { 'ui:options': { currency: 'EUR' } },
        secret: { 'ui:widget': 'hidden' },
        'ui:order': ['amount', '*'],
      },
    };
    const data = {
      summary: 'line 1\nline 2',
      amount: 8420,
      isUrgent: false,
      pay: 'bank',
      due: '2026-11-23',
      at: '2026-11-23T10:05:00+01:00',
      tags: ['a', 'b'],
      secret: 's',
    };
    expect(texts(form, data)).toEqual([
      'Amount: €8,420.00',
      'Shown: line 1\nline 2',
      'Is urgent: No',
      'Pay: By bank',
      'Due: 23 November 2026',
      'At: 23 November 2026, 09:05 UTC',
      'Tags: a, b',
      'Empty: —',
    ]);
  });

  it('shows the conditional fields that belong to the answers', () => {
    const form: FormDefinition = {
      jsonSchema: {
        type: 'object',
        properties: { urgent: { type: 'boolean' } },
        if: { properties: { urgent: { const: true } }, required: ['urgent'] },
        then: { properties: { reason: { type: 'string' } } },
        else: { properties: { date: { type: 'string' } } },
      },
    };
    expect(texts(form, { urgent: true, reason: 'Late' })).toEqual(['Urgent: Yes', 'Reason: Late']);
    expect(texts(form, { urgent: false })).toEqual(['Urgent: No', 'Date: —']);
  });

  it('groups nested fields and counts entries', () => {
    const line = { type: 'object', properties: { text: { type: 'string' } } };
    const form: FormDefinition = {
      jsonSchema: {
        type: 'object',
        properties: { lines: { type: 'array', items: line }, who: { type: 'object', properties: { name: {} } } },
      },
    };
    expect(rows(form, { lines: [{ text: 'Film' }], who: { name: 'Mia' } })).toEqual([
      {
        kind: 'group',
        name: 'lines',
        label: 'Lines',
        rows: [
          {
            kind: 'group',
            name: '0',
            label: 'Lines, entry 1',
            rows: [{ kind: 'text', name: 'text', label: 'Text', text: 'Film' }],
          },
        ],
      },
      {
        kind: 'group',
        name: 'who',
        label: 'Who',
        rows: [{ kind: 'text', name: 'name', label: 'Name', text: 'Mia' }],
      },
    ]);
  });
});
