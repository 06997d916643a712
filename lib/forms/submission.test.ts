import { describe, expect, it } from 'vitest';
import { genericResolutionForm } from '@/workflows/forms/generic-resolution-form';
import { invoiceReviewForm } from '@/workflows/forms/invoice-review-form';
import { browserEngine } from './browserEngine';
import type { SchemaEngine } from './engine';
import { projectForm } from './projection';
import { createAjvEngine } from './server/ajvEngine';
import { checkSubmission } from './submission';
import type { FormDefinition, SubmissionResult } from './types';

const engines: readonly (readonly [string, SchemaEngine])[] = [
  ['browser', browserEngine],
  ['server', createAjvEngine()],
];

describe.each(engines)('checkSubmission with the %s engine', (_name, engine) => {
  const check = (form: FormDefinition, data: unknown, outcome: string | null = null, contextData: unknown = {}) =>
    checkSubmission({ form, projection: projectForm(form, contextData), outcome, data, engine });
  const messages = (result: SubmissionResult) =>
    result.ok ? [] : result.fieldErrors.map(({ path, message }) => `${path} ${message}`);
  const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}): FormDefinition => ({
    jsonSchema: { type: 'object', properties, ...more },
  });

  it('asks for a comment on reject, not on approve', () => {
    const contextData = { requesterName: 'Alice' };
    expect(check(invoiceReviewForm, {}, 'approve', contextData).ok).toBe(true);
    const rejected = check(invoiceReviewForm, { comment: '  ' }, 'reject', contextData);
    expect(rejected).toEqual({
      ok: false,
      fieldErrors: [
        {
          path: '/comment',
          keyword: 'outcome',
          message: 'Comment is required. Say why you reject, so that the next version can be right.',
        },
      ],
    });
    expect(check(invoiceReviewForm, { comment: 'Wrong order' }, 'reject', contextData).ok).toBe(true);
  });

  it('says how to answer in the words of the form', () => {
    expect(messages(check(genericResolutionForm, {}, 'resolved'))).toEqual([
      '/resolutionNotes Resolution notes is required. Say how it was resolved.',
    ]);
  });

  it('refuses an outcome the form does not have', () => {
    const refused = { ok: false, fieldErrors: [] };
    expect(check(invoiceReviewForm, {}, 'pay twice')).toEqual({
      ...refused,
      formError: 'Choose one of these to finish the task: Approve, Reject.',
    });
    expect(check(invoiceReviewForm, {}, null)).toMatchObject(refused);
    expect(check(object({}), {}, 'approve')).toMatchObject(refused);
    expect(check(object({}), {}, null)).toEqual({ ok: true, output: {} });
  });

  it('leaves out what the form does not declare', () => {
    const form = object({ a: { type: 'object', properties: { b: { type: 'string' } } }, list: { type: 'array' } });
    const result = check(form, { a: { b: 'x', extra: 1 }, extra: 2, list: [1] });
    expect(result).toEqual({ ok: true, output: { a: { b: 'x' }, list: [1] } });
  });

  it('keeps more members only where the form asks for them', () => {
    const form = object({
      any: { type: 'object', additionalProperties: true },
      texts: { type: 'object', additionalProperties: { type: 'string' } },
    });
    expect(check(form, { any: { a: { b: 1 } }, texts: { x: 'y' } })).toEqual({
      ok: true,
      output: { any: { a: { b: 1 } }, texts: { x: 'y' } },
    });
    expect(messages(check(form, { texts: { x: 5 } }))).toEqual(['/texts/x X must be text.']);
  });

  it('takes read-only and hidden values from the context data, whatever was sent', () => {
    const form: FormDefinition = {
      ...object({
        amount: { type: 'number', readOnly: true },
        secret: { type: 'string' },
        shown: { type: 'string' },
        group: { type: 'object', readOnly: true, properties: { a: { type: 'string' } } },
        answer: { type: 'string' },
      }),
      uiSchema: { secret: { 'ui:widget': 'hidden' }, shown: { 'ui:readonly': true } },
    };
    const contextData = { amount: 100, secret: 's', group: { a: 'x' } };
    const forged = { amount: 1, secret: 'forged', shown: 'forged', group: { a: 'forged' }, answer: 'yes' };
    expect(check(form, forged, null, contextData)).toEqual({
      ok: true,
      output: { amount: 100, secret: 's', group: { a: 'x' }, answer: 'yes' },
    });
  });

  it('takes read-only values within a group from the context data also where the group was left out', () => {
    const form = object({
      order: {
        type: 'object',
        properties: {
          number: { type: 'string', readOnly: true },
          note: { type: 'string' },
          carrier: { type: 'object', properties: { name: { type: 'string', readOnly: true, default: 'Swift' } } },
        },
      },
      contact: { type: 'object', properties: { phone: { type: 'string' } } },
    });
    const contextData = { order: { number: 'PO-7', note: 'Ring twice' }, contact: { phone: '112' } };
    const order = { number: 'PO-7', carrier: { name: 'Swift' } };
    expect(check(form, {}, null, contextData)).toEqual({ ok: true, output: { order } });
    expect(check(form, { order: null }, null, contextData)).toEqual({ ok: true, output: { order } });
    expect(check(form, { order: { note: 'x', carrier: null } }, null, contextData)).toEqual({
      ok: true,
      output: { order: { ...order, note: 'x' } },
    });
  });

  it('takes read-only values of list entries from the rows they came from', () => {
    const form = object({
      lines: {
        type: 'array',
        items: {
          type: 'object',
          properties: { item: { type: 'string', readOnly: true }, ok: { type: 'boolean' } },
        },
      },
    });
    const contextData = { lines: [{ item: 'Film' }, { item: 'Pallet' }] };
    const moved = {
      lines: [
        { item: 'Pallet', ok: true },
        { item: 'Forged', ok: true },
        { item: 'Film', ok: false },
      ],
    };
    expect(check(form, moved, null, contextData)).toEqual({
      ok: true,
      output: { lines: [{ item: 'Pallet', ok: true }, { ok: true }, { item: 'Film', ok: false }] },
    });
  });

  it('is not blocked by a required field nobody can fill', () => {
    const form: FormDefinition = {
      ...object({ id: { type: 'string' }, total: { type: 'number', readOnly: true } }, { required: ['id', 'total'] }),
      uiSchema: { id: { 'ui:widget': 'hidden' } },
    };
    expect(check(form, { id: 'forged' })).toEqual({ ok: true, output: {} });
  });

  it('asks for conditional fields while they are shown and drops them when they are not', () => {
    const form = object(
      { urgent: { type: 'boolean' } },
      {
        if: { properties: { urgent: { const: true } }, required: ['urgent'] },
        then: { properties: { reason: { type: 'string', title: 'Reason' } }, required: ['reason'] },
        else: { properties: { date: { type: 'string', format: 'date' } } },
      },
    );
    expect(messages(check(form, { urgent: true }))).toEqual(['/reason Reason is required. Write an answer.']);
    expect(check(form, { urgent: true, reason: 'Late', date: 'no date' })).toEqual({
      ok: true,
      output: { urgent: true, reason: 'Late' },
    });
    expect(check(form, { urgent: false, reason: 'Late', date: '2026-11-23' })).toEqual({
      ok: true,
      output: { urgent: false, date: '2026-11-23' },
    });
    expect(check(form, {})).toEqual({ ok: true, output: {} });
  });

  it('follows conditions inside references, allOf and dependencies', () => {
    const form = object(
      { a: { $ref: '#/definitions/part' } },
      {
        definitions: {
          part: {
            type: 'object',
            properties: { kind: { enum: ['x', 'y'] } },
            allOf: [
              { if: { properties: { kind: { const: 'x' } } }, then: { properties: { onlyX: { type: 'string' } } } },
            ],
            dependencies: { kind: { properties: { always: { type: 'string' } } } },
          },
        },
      },
    );
    const all = { onlyX: '1', always: '2' };
    expect(check(form, { a: { kind: 'x', ...all } })).toEqual({ ok: true, output: { a: { kind: 'x', ...all } } });
    expect(check(form, { a: { kind: 'y', ...all } })).toEqual({ ok: true, output: { a: { kind: 'y', always: '2' } } });
  });

  it('keeps the fields of the branch that fits and explains the most likely one', () => {
    const form = object({
      pay: {
        title: 'Payment',
        oneOf: [
          { properties: { by: { const: 'bank' }, iban: { type: 'string', minLength: 4 } }, required: ['by', 'iban'] },
          { properties: { by: { const: 'card' }, number: { type: 'string' } }, required: ['by', 'number'] },
        ],
      },
    });
    expect(check(form, { pay: { by: 'card', number: '1', iban: 'DE00' } })).toEqual({
      ok: true,
      output: { pay: { by: 'card', number: '1' } },
    });
    expect(messages(check(form, { pay: { by: 'bank', iban: 'DE' } }))).toEqual([
      '/pay/iban Iban is too short. Write at least 4 characters; there are 2.',
    ]);
    expect(messages(check(form, { pay: { by: 'cash' } }))).toEqual([
      '/pay Payment does not fit any of the answers this form allows. Check what is in it.',
    ]);
  });

  it('treats blanks as answers not given', () => {
    const form = object(
      { a: { type: 'string' }, b: { type: 'number' }, c: { type: ['string', 'null'] } },
      {
        required: ['a', 'b'],
      },
    );
    expect(messages(check(form, { a: ' ', b: null, c: null }))).toEqual([
      '/a A is required. Write an answer.',
      '/b B is required. Enter a number.',
    ]);
    expect(check(form, { a: 'x', b: 1, c: null })).toEqual({ ok: true, output: { a: 'x', b: 1, c: null } });
  });

  it.each([
    [{ type: 'integer' }, 1.5, 'Units must be a whole number, such as 1 or 12.'],
    [{ type: 'number' }, '1,5', 'Units must be a number, such as 12.50.'],
    [{ type: 'number', minimum: 5 }, 4, 'Units must be 5 or more.'],
    [{ type: 'number', maximum: 5000 }, 6000, 'Units must be 5,000 or less.'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, 'Units must be more than 0.'],
    [{ type: 'number', multipleOf: 0.01 }, 1.005, 'Units may have 2 digits after the point at most.'],
    [{ type: 'string', maxLength: 2 }, '👍👍👍', 'Units is too long. Write at most 2 characters; there are 3.'],
    [{ type: 'string', pattern: '^[A-Z]+$' }, 'abc', 'Units does not have the expected form. Check how it is written.'],
    [{ type: 'string', format: 'email' }, 'mia', 'Units must be an e-mail address, such as mia@example.com.'],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', 'Units is not one of the answers. Choose one of those offered.'],
    [
      { type: 'string', oneOf: [{ const: 'a' }, { const: 'b' }] },
      'c',
      'Units is not one of the answers. Choose one of those offered.',
    ],
    [{ type: 'boolean', const: true }, false, 'Units must be ticked. Tick the box to go on.'],
    [{ type: 'array', minItems: 2 }, [1], 'Units has too few entries. Add entries until there are 2.'],
    [{ type: 'array', uniqueItems: true }, [1, 1], 'Units has the same entry twice. Change or remove one of them.'],
    [{ not: { const: 'x' } }, 'x', 'Units does not fit this form. Change it, or ask whoever sent you the task.'],
  ])('explains %j', (schema, value, message) => {
    const result = check(object({ units: schema }), { units: value });
    expect(messages(result)).toEqual([`/units ${message}`]);
  });

  it('quotes a label that is a sentence', () => {
    const form = object({ ok: { type: 'string', title: 'Is it paid?' } }, { required: ['ok'] });
    expect(messages(check(form, {}))).toEqual(['/ok “Is it paid?” is required. Write an answer.']);
  });

  it('names entries of lists and orders errors as the form does', () => {
    const form: FormDefinition = {
      ...object({
        note: { type: 'string', minLength: 3 },
        lines: {
          type: 'array',
          title: 'Lines',
          items: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
        },
      }),
      uiSchema: { 'ui:order': ['lines', '*'] },
    };
    expect(messages(check(form, { note: 'x', lines: [{ text: 'a' }, {}] }))).toEqual([
      '/lines/1/text Lines, entry 2: Text is required. Write an answer.',
      '/note Note is too short. Write at least 3 characters; there are 1.',
    ]);
  });

  it('does not let an answer reach a prototype', () => {
    const form = object({ a: { type: 'object', additionalProperties: true } });
    const data: unknown = JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"constructor":{}}}');
    const result = check(form, data);
    expect(result).toEqual({ ok: true, output: { a: {} } });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('does not expand what a person types', () => {
    const result = check(invoiceReviewForm, { comment: '${contextData.secret}' }, 'reject', { secret: 'x' });
    expect(result).toMatchObject({ ok: true, output: { comment: '${contextData.secret}' } });
  });
});
