import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDifference, diffLines } from './difference';

const form = (properties: object, more: object = {}, uiSchema: object = {}) => ({
  jsonSchema: { type: 'object', properties, ...more },
  uiSchema: { ...uiSchema },
});
const comment = { type: 'string', title: 'Comment', maxLength: 2000 };

describe('the difference of two versions', () => {
  it('is nothing where they are the same', () => {
    expect(describeDifference(form({ comment }), form({ comment }))).toEqual([]);
  });

  it('names fields that were added and removed, with what the new ones are', () => {
    const cost = {
      type: 'string',
      title: 'Cost centre',
      pattern: '^[0-9]{4}$',
      oneOf: [{ const: '1000', title: 'Sales' }],
    };
    expect(
      describeDifference(
        form({ comment }),
        form({ cost }, { required: ['cost'] }, { cost: { 'ui:help': 'Four digits' } }),
      ),
    ).toEqual([
      {
        kind: 'added',
        subject: 'Field “Cost centre”',
        name: 'cost',
        details: [
          'Kind: text',
          'Must be answered: yes',
          'Choices: Sales',
          'Pattern: “^[0-9]{4}$”',
          'Help: “Four digits”',
        ],
      },
      { kind: 'removed', subject: 'Field “Comment”', name: 'comment', details: [] },
    ]);
  });

  it('says of a changed field what is so now and what was so before', () => {
    const changed = { type: 'string', title: 'Your comment', maxLength: 500, readOnly: true };
    const ui = { comment: { 'ui:widget': 'textarea' } };
    expect(describeDifference(form({ comment }, { required: ['comment'] }, ui), form({ comment: changed }))).toEqual([
      {
        kind: 'changed',
        subject: 'Field “Your comment”',
        name: 'comment',
        details: [
          'Name: “Your comment”, before “Comment”',
          'Must be answered: no, before yes',
          'Only told: yes, before no',
          'Most characters: 500, before 2,000',
          'Shown as: no longer “textarea”',
        ],
      },
    ]);
  });

  it('looks into groups, lists and conditions', () => {
    const lines = (more: object) => ({
      lines: { type: 'array', items: { type: 'object', properties: { a: {}, ...more } } },
    });
    expect(describeDifference(form(lines({})), form(lines({ b: { type: 'number' } })))).toMatchObject([
      { kind: 'added', name: 'lines.b' },
    ]);
    const condition = { if: { required: ['a'] }, then: { properties: { b: { title: 'B' } } } };
    expect(describeDifference(form({ a: {} }), form({ a: {} }, condition))).toMatchObject([
      { kind: 'added', subject: 'Field “B”' },
      { kind: 'added', subject: 'Conditions' },
    ]);
  });

  it('names buttons and the order of fields', () => {
    const outcomes = (...values: object[]) => ({ 'x-outcomes': values });
    const before = form({ a: {}, b: {} }, outcomes({ value: 'ok', title: 'Approve' }, { value: 'no' }));
    const after = form(
      { b: {}, a: {} },
      outcomes({ value: 'ok', title: 'Accept', required: ['a'] }, { value: 'later' }),
    );
    expect(describeDifference(before, after)).toEqual([
      { kind: 'moved', subject: 'The order of the fields', name: null, details: ['Now B, A.'] },
      {
        kind: 'changed',
        subject: 'Button “Accept”',
        name: 'ok',
        details: ['Name: “Accept”, before “Approve”', 'Needs: a'],
      },
      { kind: 'added', subject: 'Button “Later”', name: 'later', details: ['Look: neutral'] },
      { kind: 'removed', subject: 'Button “No”', name: 'no', details: [] },
    ]);
  });

  it('never says nothing where something differs', () => {
    expect(describeDifference(form({}), form({}, { $comment: 'x' }))).toMatchObject([{ subject: 'The form' }]);
  });
});

describe('the difference of two texts', () => {
  it('keeps what is in both, so that either can be read from it', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((all) => all.join('\n'));
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        const read = (left: string) => diff.flatMap(({ sign, text }) => (sign === left ? [] : [text])).join('\n');
        expect([read('+'), read('-')]).toEqual([before, after]);
        if (before === after) expect(diff.every(({ sign }) => sign === ' ')).toBe(true);
      }),
    );
  });
});
