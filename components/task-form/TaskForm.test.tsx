import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from '@/lib/forms/outcomes';
import { projectForm } from '@/lib/forms/projection';
import type { FormDefinition, JsonObject } from '@/lib/forms/types';
import { systemForms } from '@/workflows/forms';
import { invoiceReviewForm } from '@/workflows/forms/invoice-review-form';
import { ReadOnlyForm } from './ReadOnlyForm';
import { TaskForm } from './TaskForm';

const send = () => Promise.resolve({ ok: true } as const);

function markup(
  form: FormDefinition,
  contextData: unknown = {},
  more: { readOnly?: boolean; disabled?: boolean; draft?: JsonObject } = {},
) {
  const { formData, texts } = projectForm(form, contextData);
  return renderToStaticMarkup(
    <TaskForm form={form} formData={formData} texts={texts} outcomes={outcomesOf(form)} onSubmit={send} {...more} />,
  );
}

const formOf = (properties: JsonObject, uiSchema: JsonObject = {}, more: JsonObject = {}): FormDefinition => ({
  jsonSchema: { type: 'object', properties, ...more },
  uiSchema,
});

const everyControl = formOf(
  {
    story: { type: 'string', readOnly: true, default: 'Line one of ${contextData.name}\nLine two' },
    text: { type: 'string', description: 'Described' },
    long: { type: 'string' },
    amount: { type: 'number' },
    count: { type: 'integer' },
    ok: { type: 'boolean' },
    confirmed: { type: 'boolean', const: true },
    color: { enum: ['red', 'green'] },
    decision: {
      oneOf: [
        { const: 'pay', title: 'Pay it', description: 'All of it' },
        { const: 'wait', title: 'Wait' },
      ],
    },
    tags: { type: 'array', uniqueItems: true, items: { enum: ['a', 'b'] } },
    due: { type: 'string', format: 'date' },
    at: { type: 'string', format: 'date-time' },
    lines: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    address: { type: 'object', title: 'Address', properties: { street: { type: 'string' } } },
    secret: { type: 'string' },
  },
  {
    long: { 'ui:widget': 'textarea', 'ui:help': 'As long as you like' },
    amount: { 'ui:options': { currency: 'EUR' } },
    secret: { 'ui:widget': 'hidden' },
    text: { 'ui:widget': 'no such widget', 'ui:placeholder': 'Ask ${contextData.name}' },
  },
  { required: ['text', 'decision', 'ok', 'confirmed'] },
);
const contextData = { name: 'Mia', lines: [{ name: 'Film' }], secret: 'hush', amount: 8420 };

describe('TaskForm on the server', () => {
  it.each(systemForms.map((form) => [form.name, form] as const))('draws %s', (_name, form) => {
    const html = markup(form, { errorMessage: 'Mapping is missing' });
    expect(html).toContain('class="task-form"');
    expect(html).not.toContain('${');
  });

  it('shows what happened as text, fields with their values and a button for each outcome', () => {
    const html = markup(invoiceReviewForm, {
      requesterName: 'Alice',
      invoiceNumber: 'INV-1042',
      customer: 'Nordwind',
      amountText: '€8,420.00',
      isUrgent: true,
      resolutionNotes: 'Initial assessment complete.',
    });
    expect(html).toContain('Alice submitted invoice INV-1042 for Nordwind: €8,420.00.');
    expect(html).not.toMatch(/<(input|textarea)[^>]*answer_summary/);
    expect(html).toMatch(/<input[^>]*id="answer_isUrgent"[^>]*checked=""/);
    expect(html).toMatch(/<textarea[^>]*id="answer_resolutionNotes"[^>]*>Initial assessment complete\.<\/textarea>/);
    expect(html).toMatch(/btn-primary"[^>]*>Approve<kbd/);
    expect(html).toMatch(/btn-danger"[^>]*>Reject<kbd class="key">R/);
    expect(html).toContain('Alice sees this. Needed when you reject.');
  });

  it('offers a single Submit where a form has no outcomes', () => {
    expect(markup(formOf({ a: { type: 'string' } }))).toMatch(/btn-primary"[^>]*>Submit<kbd/);
  });

  it('answers nothing for the person', () => {
    const html = markup(everyControl, contextData);
    expect(html).not.toContain('checked=""');
    expect(html).not.toMatch(/<option value="\d" selected/);
  });

  it('names every control and points only to ids that exist', () => {
    const html = markup(everyControl, contextData);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, references] of html.matchAll(/ (?:aria-describedby|aria-labelledby|for)="([^"]+)"/g)) {
      for (const reference of (references ?? '').split(' ')) expect(ids).toContain(reference);
    }
    const labelled = new Set([...html.matchAll(/ for="([^"]+)"/g)].map((match) => match[1]));
    for (const [tag] of html.matchAll(/<(?:input|select|textarea)[^>]*>/g)) {
      const isInLabel = /type="(?:radio|checkbox)"/.test(tag);
      const id = / id="([^"]+)"/.exec(tag)?.[1];
      expect(isInLabel || labelled.has(id ?? ''), tag).toBe(true);
    }
  });

  it('has no inline style, no script and no trace of hidden values', () => {
    const html = markup(everyControl, contextData);
    expect(html).not.toMatch(/ style=|<script|javascript:|hush/);
  });

  it('shows amounts ready to change, zones, entries to add, move and remove', () => {
    const html = markup(everyControl, { ...contextData, lines: [{ name: 'Film' }, { name: 'Pallet' }] });
    expect(html).toContain('value="8,420.00"');
    expect(html).toContain('in EUR');
    expect(html).toContain('Time zone: UTC');
    expect(html).toContain('Move entry 2 up');
    expect(html).toContain('Remove entry 1');
    expect(html).toMatch(/Add to Lines/i);
  });

  it('expands placeholders and ignores widgets that do not exist', () => {
    expect(markup(everyControl, contextData)).toContain('placeholder="Ask Mia"');
  });

  it('shows only the conditional fields that apply', () => {
    const form = formOf(
      { urgent: { type: 'boolean' } },
      {},
      {
        if: { properties: { urgent: { const: true } }, required: ['urgent'] },
        then: { properties: { reason: { type: 'string', title: 'Reason' } } },
        else: { properties: { date: { type: 'string', title: 'Date' } } },
      },
    );
    expect(markup(form, { urgent: true })).toContain('answer_reason');
    expect(markup(form, { urgent: true })).not.toContain('answer_date');
    expect(markup(form, {})).toContain('answer_date');
  });

  it('keeps what a draft left empty in rows, groups and fields by reference, and begins what is new with its default', () => {
    const city = { type: 'string', default: 'Berlin' };
    const place = { type: 'object', properties: { city } };
    const form = formOf(
      {
        from: { $ref: '#/definitions/place' },
        stops: { type: 'array', items: place },
        last: { $ref: '#/definitions/city' },
      },
      {},
      { definitions: { place, city } },
    );
    expect(markup(form, { stops: [{}, {}] }).match(/value="Berlin"/g)).toHaveLength(4);
    const draft = { from: {}, stops: [{}, { city: 'Kiel' }] };
    const html = markup(form, { stops: [{}, {}] }, { draft });
    expect(html).not.toContain('Berlin');
    expect(html).toContain('value="Kiel"');
    expect(html).toMatch(/<input[^>]*id="answer_stops_0_city"[^>]*value=""/);
  });

  it('begins with no more rows than a page can hold, whatever the lists of a form ask for', () => {
    const item = { type: 'object', properties: { name: { type: 'string' } } };
    const list = { type: 'array', minItems: 300, items: item };
    const names = Array.from({ length: 12 }, (_, at) => `list${at}`);
    const form = formOf(Object.fromEntries(names.map((name) => [name, { ...list }])), {}, { required: names });
    expect(markup(form).match(/<input/g)).toHaveLength(500);
  });

  it('draws a part within itself once somebody opens it, without styles of the library', () => {
    const node = {
      type: 'object',
      properties: { name: { type: 'string' }, next: { $ref: '#/definitions/node' } },
    };
    const html = markup(formOf({ first: { $ref: '#/definitions/node' } }, {}, { definitions: { node } }));
    expect(html).toMatch(/<button[^>]*id="answer_first_next"/);
    expect(html).not.toContain(' style=');
  });

  it('switches every control off when it is disabled', () => {
    const html = markup(everyControl, contextData, { disabled: true });
    for (const [tag] of html.matchAll(/<(?:input|select|textarea|button)[^>]*>/g)) expect(tag).toContain('disabled=""');
  });

  it('shows text only, without buttons, when it may only be read', () => {
    const html = markup(everyControl, contextData, { readOnly: true });
    expect(html).not.toMatch(/<(input|select|textarea|button)/);
    expect(html).toContain('Line one of Mia\nLine two');
    expect(html).toContain('€8,420.00');
  });
});

describe('ReadOnlyForm', () => {
  it('draws a completed task from what was stored, not from defaults', () => {
    const projection = projectForm(invoiceReviewForm, { requesterName: 'Alice', resolutionNotes: 'From the workflow' });
    const output = { ...projection.formData, resolutionNotes: 'Written by Mia', comment: '${contextData.x}' };
    const html = renderToStaticMarkup(
      <ReadOnlyForm form={invoiceReviewForm} projection={projection} output={output} />,
    );
    expect(html).toContain('Written by Mia');
    expect(html).not.toContain('From the workflow');
    expect(html).toContain('${contextData.x}');
    expect(html).toMatch(/<dt>This invoice is urgent<\/dt><dd>—<\/dd>/);
  });
});
