import { describe, expect, it } from 'vitest';
import { systemForms } from '@/workflows/forms';
import { checkFormTexts } from '../server/checkFormTexts';
import type { FormDocuments } from './finding';
import { readJsonText } from './jsonText';
import { lintForm } from './lintForm';

const text = (value: unknown) => JSON.stringify(value, null, 2);
const documents = (jsonSchema: unknown, uiSchema: unknown = {}, sampleContext: unknown = {}): FormDocuments => ({
  jsonSchema: typeof jsonSchema === 'string' ? jsonSchema : text(jsonSchema),
  uiSchema: text(uiSchema),
  sampleContext: text(sampleContext),
});
const form = (properties: unknown, more: object = {}) => ({ type: 'object', properties, ...more });
/** What a finding is about, as the author sees it marked. */
const marked = (given: FormDocuments) =>
  checkFormTexts(given).map(({ rule, severity, document, from, to }) => {
    return `${severity} ${rule}: ${given[document].slice(from, to)}`;
  });

describe('what is typed and is no JSON', () => {
  it.each([
    ['', 0, 'This is empty'],
    ['{ "a": 1, }', 10, 'no comma behind the last one'],
    ['[1 2]', 3, 'A comma is missing'],
    ['{ a: 1 }', 2, 'A name in double quotes'],
    ['{ "a" 1 }', 6, 'A colon is missing'],
    ["{ 'a': 1 }", 2, 'A name in double quotes'],
    ["[ 'a' ]", 2, 'double quotes in JSON'],
    ['{ "a": "x\n" }', 7, 'does not end'],
    ['{ "a": {}', 9, 'closing } is missing'],
    ['[1', 2, 'closing ] is missing'],
    ['{} {}', 3, 'behind the end'],
    ['[ // one\n 1]', 2, 'no comments'],
    ['[01]', 1, 'no JSON value'],
    ['{ "a": }', 7, 'no JSON value'],
    ['{ "a":', 6, 'A value is missing'],
    [`${'['.repeat(300)}`, 201, 'too deep'],
  ])('is told by its place: %j', (typed, at, words) => {
    expect(readJsonText(typed)).toEqual({ ok: false, at, message: expect.stringContaining(words) });
    expect(() => JSON.parse(typed) as unknown).toThrow();
  });

  it('keeps the other documents from nothing, and the form from being drawn', () => {
    const given = documents('{ "type": "object",\n  oops }', { 'ui:order': 1 }, { a: 1 });
    const result = lintForm(given);
    expect(result.form).toBeNull();
    expect(result.findings).toMatchObject([{ rule: 'json', document: 'jsonSchema', line: 2 }]);
  });

  it('reads the same values as the platform’s parser, with the place of each', () => {
    const typed = '{ "a/b": [1.5e3, "\\u00e9\\n", { "c": null }], "d": true }';
    const read = readJsonText(typed);
    if (!read.ok) return expect.unreachable();
    expect(read.value).toEqual(JSON.parse(typed));
    const { name, value } = read.placeOf('/a~1b/2/c');
    expect([typed.slice(name?.from, name?.to), typed.slice(value.from, value.to)]).toEqual(['"c"', 'null']);
  });

  it('is told of a name that stands twice, which would be lost', () => {
    expect(marked(documents('{ "type": "object", "type": "object" }'))).toEqual(['error json: "type"']);
  });
});

describe('lint of a form', () => {
  it.each(systemForms.map((shipped) => [shipped.name, shipped] as const))('has no error for %s', (_name, shipped) => {
    const names = JSON.stringify(shipped).matchAll(/contextData\.(\w+)/g);
    const sample = Object.fromEntries([...names].map(([, name]) => [name, 'x']));
    const found = checkFormTexts(documents(shipped.jsonSchema, shipped.uiSchema, sample));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('finds a placeholder that the sample does not supply, and says what was probably meant', () => {
    const told = { type: 'string', readOnly: true, default: 'From ${contextData.custmer.name}, ${contextData.amount}' };
    const given = documents(form({ told }), {}, { customer: { name: 'Kiosk' }, amount: 7 });
    const [finding, ...others] = lintForm(given).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'error',
      rule: 'placeholder',
      document: 'jsonSchema',
      pointer: '/properties/told/default',
      line: 7,
      message: expect.stringMatching(/has no "custmer\.name"\. Did you mean "customer\.name"\?.*or add the key/),
    });
  });

  it.each([
    ['a help', { a: { 'ui:help': '${contextData.no}' } }, {}],
    ['a message', { a: { 'ui:messages': { required: '${contextData.no}' } } }, {}],
    ['an option', { a: { 'ui:options': { title: '${contextData.no}' } } }, {}],
    ['a title', {}, { title: 'For $<contextData.no>' }],
    ['a button', {}, { 'x-outcomes': [{ value: 'ok', title: '${contextData.no}' }] }],
  ])('finds it in %s', (_where, ui, more) => {
    const { findings } = lintForm(documents(form({ a: { type: 'string' } }, more), ui));
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['placeholder', 'error']]);
  });

  it('leaves alone what is no placeholder on purpose', () => {
    const properties = { a: { type: 'string', readOnly: true, default: 'Costs $${contextData.no} or 5 $' } };
    expect(lintForm(documents(form(properties))).findings).toEqual([]);
  });

  it('warns of what only looks like a placeholder', () => {
    const properties = { a: { type: 'string', title: 'For ${customer}, ${contextData.a' } };
    expect(marked(documents(form(properties), {}, { a: 1 }))).toEqual([
      'warning placeholder: "For ${customer}, ${contextData.a"',
      'warning placeholder: "For ${customer}, ${contextData.a"',
    ]);
  });

  it('warns of placeholders where none is filled in', () => {
    const properties = { a: { type: 'string', enum: ['${contextData.a}'] } };
    expect(marked(documents(form(properties), {}, { a: 1 }))).toEqual(['warning placeholder: "${contextData.a}"']);
  });

  it('warns of a placeholder in a field that people can type over', () => {
    const field = { type: 'string', default: '${contextData.a}' };
    const warned = (properties: unknown, ui = {}) => marked(documents(form(properties), ui, { a: 1 }));
    expect(warned({ b: field })).toEqual(['warning editable-placeholder: "${contextData.a}"']);
    expect(warned({ b: { ...field, readOnly: true } })).toEqual([]);
    expect(warned({ b: field }, { b: { 'ui:readonly': true } })).toEqual([]);
    expect(warned({ b: { ...form({ c: field }), readOnly: true } })).toHaveLength(1);
    expect(warned({ b: form({ c: field }) }, { b: { 'ui:disabled': true } })).toEqual([]);
    expect(warned({ b: { type: 'array', items: field } }, { b: { items: { 'ui:readonly': true } } })).toEqual([]);
  });

  it('finds a pattern that cannot run in linear time, on the server', () => {
    const given = documents(form({ a: { type: 'string', pattern: '^(?=a)b' } }));
    expect(lintForm(given).findings).toEqual([]);
    expect(marked(given)).toEqual(['error pattern: "^(?=a)b"']);
    expect(marked(documents(form({ a: { type: 'string', pattern: '^(a+)+$' } })))).toEqual([]);
  });

  it('finds keywords that one of the validators lacks', () => {
    const given = documents(form({ a: { type: 'string', nullable: true, format: 'ipv6' } }));
    expect(marked(given)).toEqual(['error keyword: "nullable"', 'error keyword: "ipv6"']);
  });

  it('finds names that belong to no field', () => {
    const more = { required: ['comment', 'coment'], 'x-outcomes': [{ value: 'ok', required: ['comit'] }] };
    const given = documents(form({ comment: { type: 'string' } }, more), { cmment: {}, comment: { 'ui:help': 'x' } });
    expect(marked(given)).toEqual(['error name: "coment"', 'error outcome: "comit"', 'warning name: "cmment"']);
  });

  it('finds buttons that cannot be told apart', () => {
    const outcomes = [{ value: 'a', key: 'x' }, { value: 'a', key: 'X' }, { title: 'No value' }];
    expect(marked(documents(form({}, { 'x-outcomes': outcomes })))).toEqual([
      'error outcome: "a"',
      'error outcome: "X"',
      expect.stringContaining('error outcome: {'),
    ]);
  });

  it('warns of a field to read that nothing fills', () => {
    const given = documents(
      form({ a: { type: 'string', readOnly: true }, b: { type: 'string', readOnly: true } }),
      {},
      {
        b: 'told',
      },
    );
    expect(marked(given)).toEqual(['warning unfilled: "a"']);
  });

  it('refuses options of the ui schema that are not what they have to be', () => {
    const title = { type: 'string', title: 'A field called title' };
    const fields = form({ title, a: { type: 'string' } });
    const uiSchema = {
      title: { 'ui:help': 5, 'ui:title': 'T' },
      a: { 'ui:options': { description: ['x'], rows: 3 }, 'ui:widget': null },
      'ui:order': 'a',
    };
    expect(marked(documents(fields, uiSchema))).toEqual([
      'error shape: 5',
      expect.stringMatching(/^error shape: \[\s*"x"\s*\]$/),
      'error shape: null',
      'error shape: "a"',
    ]);
    expect(marked(documents(fields, { a: { 'ui:options': null } }))).toEqual(['error shape: null']);
  });

  it('refuses lists that would begin with more rows than a page can hold', () => {
    const list = (minItems: number) => ({ type: 'array', items: { type: 'string' }, minItems, maxItems: 100_000 });
    const more = { definitions: { c: list(501) } };
    expect(marked(documents(form({ a: list(100_000), b: list(500) }, more)))).toEqual([
      'error shape: 100000',
      'error shape: 501',
    ]);
  });

  it('warns of lists that would begin with too many rows together, each as often as it is drawn', () => {
    const list = (minItems: number, items: object = { type: 'string' }) => ({ type: 'array', items, minItems });
    expect(marked(documents(form({ a: list(250), b: list(250) })))).toEqual([]);
    expect(marked(documents(form({ a: list(300), b: list(201) })))).toEqual(['warning shape: 201']);
    expect(marked(documents(form({ a: list(20, list(24)) })))).toEqual([]);
    expect(marked(documents(form({ a: list(20, list(25)) })))).toEqual(['warning shape: 25']);
  });

  it('warns of fields with fields of their own that do not say that they are a group', () => {
    const group = { properties: { street: { type: 'string' } } };
    expect(marked(documents(form({ address: group })))).toEqual(['warning shape: "address"']);
    expect(marked(documents(form({ address: { type: 'object', ...group } })))).toEqual([]);
    const conditional = { if: { properties: { a: { const: 'x' } } }, then: group };
    expect(marked(documents(form({ a: { type: 'string' } }, conditional)))).toEqual([]);
  });

  it('refuses what is no form at all, and what only the validator finds', () => {
    expect(marked(documents([]))).toEqual(['error shape: []']);
    expect(marked(documents({ type: 'array' }))).toEqual(['error shape: "array"']);
    expect(marked(documents(form({ a: { type: 'strin' } })))).toEqual([expect.stringContaining('error unusable')]);
  });

  it('takes no long time over what is made to be slow', () => {
    const nasty = documents(form({ a: { type: 'string', title: '${contextData'.repeat(10_000) } }), {}, {});
    expect(lintForm(nasty).findings.length).toBeGreaterThan(0);
  });
});
