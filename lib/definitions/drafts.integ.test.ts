import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRawClient } from '../db/rawClient';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import type { FormDocuments } from '../forms/lint/finding';
import { createTaskDefinitionStore } from '../workflow/persistence/tasks/taskDefinitions';
import { discardDraft, publishDraft, saveDraft } from './drafts';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = createRawClient({ url: database.url, name: 'test', max: 4, patienceMs: 5_000 });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('omar', 'omar@acme.test', 'Omar Haddad', 'acme'), ('nora', 'nora@acme.test', 'Nora Berg', 'acme')`;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const texts = (title: string): FormDocuments => ({
  jsonSchema: `{\n  "type": "object",\n  "properties": { "b": { "type": "string", "title": "${title}" }, "a": {} }\n}`,
  uiSchema: '{ "b": { "ui:widget": "textarea" } }',
  sampleContext: '{ "amount": 7 }',
});
/** A form with one version, of a tenant or of the system. */
async function withForm(formName: string, tenant: string | null = 'acme') {
  await (tenant === null
    ? sql`INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
          VALUES (gen_random_uuid(), ${formName}, 1, '{"type":"object"}', '{}')`
    : sql`INSERT INTO workflow_form_definitions (form_id, tenant_id, name, version, json_schema, ui_schema)
          VALUES (gen_random_uuid(), ${tenant}, ${formName}, 1, '{"type":"object"}', '{}')`);
  return { sql, tenant, userId: 'omar', formName };
}
const draftsOf = (formName: string) =>
  sql`SELECT json_schema, revision, saved_by FROM workflow_form_drafts WHERE form_name = ${formName}`;

describe('a draft', () => {
  it('is kept as it was typed, JSON or not, and says what the server finds in it', async () => {
    const form = await withForm('typed');
    const first = await saveDraft({ ...form, expectedRevision: 0, texts: texts('One') });
    expect(first).toMatchObject({ revision: 1, findings: [] });
    const half = { ...texts('Two'), jsonSchema: '{ "type": ' };
    const second = await saveDraft({ ...form, userId: 'nora', expectedRevision: 1, texts: half });
    expect(second).toMatchObject({ revision: 2, findings: [{ rule: 'json', document: 'jsonSchema', line: 1 }] });
    expect(await draftsOf('typed')).toEqual([{ json_schema: '{ "type": ', revision: 2, saved_by: 'nora' }]);
  });

  it('is saved by the first of two who began at the same, and the second is told by whom', async () => {
    for (const expectedRevision of [0, 1]) {
      const form = await withForm(`both-${expectedRevision}`);
      if (expectedRevision === 1) await saveDraft({ ...form, expectedRevision: 0, texts: texts('Begun') });
      const answers = await Promise.allSettled(
        ['omar', 'nora'].map((userId) => saveDraft({ ...form, userId, expectedRevision, texts: texts(userId) })),
      );
      const [row, ...others] = await draftsOf(form.formName);
      expect(others).toEqual([]);
      const lost = answers.filter((answer) => answer.status === 'rejected');
      expect(lost).toHaveLength(1);
      expect(lost[0]?.reason).toMatchObject({ code: 'stale_edit', httpStatus: 409 });
      expect(String(lost[0]?.reason)).toContain(row?.saved_by === 'omar' ? 'Omar Haddad' : 'Nora Berg');
      expect(row).toMatchObject({
        json_schema: texts(String(row?.saved_by)).jsonSchema,
        revision: expectedRevision + 1,
      });
    }
  });

  it('is discarded as it was read, and not after somebody wrote on', async () => {
    const form = await withForm('discarded');
    await saveDraft({ ...form, expectedRevision: 0, texts: texts('One') });
    await saveDraft({ ...form, expectedRevision: 1, texts: texts('Two') });
    await expect(discardDraft({ ...form, expectedRevision: 1 })).rejects.toMatchObject({ code: 'stale_edit' });
    await discardDraft({ ...form, expectedRevision: 2 });
    expect(await draftsOf('discarded')).toEqual([]);
    await expect(saveDraft({ ...form, expectedRevision: 2, texts: texts('Three') })).rejects.toMatchObject({
      code: 'stale_edit',
      message: expect.stringContaining('published or discarded'),
    });
  });

  it.each(['globex', null])('of another tenant does not exist for %s', async (tenant) => {
    const form = { ...(await withForm(`of-acme-${tenant}`)), texts: texts('One') };
    await saveDraft({ ...form, expectedRevision: 0 });
    for (const expectedRevision of [0, 1]) {
      const foreign = { ...form, tenant, expectedRevision };
      const notFound = { code: 'form_not_found', httpStatus: 404 };
      await expect(saveDraft(foreign)).rejects.toMatchObject(notFound);
      await expect(publishDraft(foreign)).rejects.toMatchObject(notFound);
      await expect(discardDraft(foreign)).rejects.toMatchObject(notFound);
    }
    expect(await draftsOf(form.formName)).toMatchObject([{ revision: 1 }]);
  });
});

describe('publishing', () => {
  it.each(['acme', null])('freezes the text byte for byte as the next version (tenant %s)', async (tenant) => {
    const form = await withForm(`frozen-${tenant}`, tenant);
    await saveDraft({ ...form, expectedRevision: 0, texts: texts('One') });
    expect(await publishDraft({ ...form, expectedRevision: 1 })).toEqual({ version: 2 });
    const table = tenant === null ? 'system_workflow_form_definitions' : 'workflow_form_definitions';
    const versions = await sql`
      SELECT version, json_schema::text, ui_schema::text, sample_context::text, published_by
      FROM ${sql(table)} WHERE name = ${form.formName} ORDER BY version`;
    expect(versions).toMatchObject([
      { version: 1, json_schema: '{"type":"object"}', published_by: null },
      {
        version: 2,
        json_schema: texts('One').jsonSchema,
        ui_schema: texts('One').uiSchema,
        sample_context: texts('One').sampleContext,
        published_by: 'omar',
      },
    ]);
    expect(await draftsOf(form.formName)).toEqual([]);
  });

  it.each<[string, Partial<FormDocuments>, string]>([
    ['text that is no JSON', { uiSchema: '{' }, '/uiSchema'],
    [
      'a placeholder that the sample does not supply',
      { jsonSchema: '{"type":"object","title":"${contextData.no}"}' },
      '/jsonSchema/title',
    ],
    [
      'a pattern without linear time',
      { jsonSchema: '{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)"}}}' },
      '/jsonSchema/properties/a/pattern',
    ],
    [
      'a keyword that one validator lacks',
      { jsonSchema: '{"type":"object","unevaluatedProperties":false}' },
      '/jsonSchema/unevaluatedProperties',
    ],
  ])('is refused for %s, by its place, and the draft stays', async (what, part, path) => {
    const form = await withForm(`refused-${what.length}`);
    await saveDraft({ ...form, expectedRevision: 0, texts: { ...texts('One'), ...part } });
    await expect(publishDraft({ ...form, expectedRevision: 1 })).rejects.toMatchObject({
      code: 'validation_failed',
      fieldErrors: [{ path, message: expect.stringMatching(/\w/) }],
    });
    expect(await draftsOf(form.formName)).toMatchObject([{ revision: 1 }]);
    const versions = await sql`SELECT version FROM workflow_form_definitions WHERE name = ${form.formName}`;
    expect(versions).toEqual([{ version: 1 }]);
  });

  it('happens once where two do it at the same time, and never with what somebody else wrote meanwhile', async () => {
    const form = await withForm('once');
    await saveDraft({ ...form, expectedRevision: 0, texts: texts('One') });
    const both = await Promise.allSettled(
      [1, 1].map((revision) => publishDraft({ ...form, expectedRevision: revision })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await saveDraft({ ...form, expectedRevision: 0, texts: texts('Two') });
    await saveDraft({ ...form, userId: 'nora', expectedRevision: 1, texts: texts('Three') });
    await expect(publishDraft({ ...form, expectedRevision: 1 })).rejects.toMatchObject({
      code: 'stale_edit',
      message: expect.stringContaining('Nora Berg'),
    });
    const versions = await sql`SELECT version FROM workflow_form_definitions WHERE name = 'once' ORDER BY version`;
    expect(versions).toEqual([{ version: 1 }, { version: 2 }]);
  });
});

describe('what ships with the product', () => {
  const shipped = (title: string) => ({
    forms: [{ name: 'shipped', jsonSchema: { type: 'object', title }, uiSchema: {} }],
    taskDefinitions: [{ taskType: 'shipped', name: title, formName: 'shipped' }],
  });
  const newest = async () => {
    const [row] = await sql<{ version: number; published_by: string | null; name: string }[]>`
      SELECT f.version, f.published_by, d.name
      FROM system_workflow_task_definitions d JOIN system_workflow_form_definitions f ON f.name = d.form_name
      WHERE d.task_type = 'shipped' ORDER BY f.version DESC LIMIT 1`;
    return row;
  };

  it('does not come back over what an operator published and changed, until its own text changes', async () => {
    const store = createTaskDefinitionStore({ sql });
    await store.publishSystem(shipped('One'));
    const form = { sql, tenant: null, userId: 'pat', formName: 'shipped' };
    await saveDraft({ ...form, expectedRevision: 0, texts: texts('By Pat') });
    await publishDraft({ ...form, expectedRevision: 1 });
    await sql`UPDATE system_workflow_task_definitions SET name = 'By Pat', edited_by = 'pat' WHERE task_type = 'shipped'`;
    await store.publishSystem(shipped('One'));
    expect(await newest()).toEqual({ version: 2, published_by: 'pat', name: 'By Pat' });
    await store.publishSystem(shipped('Two'));
    expect(await newest()).toEqual({ version: 3, published_by: null, name: 'By Pat' });
    await store.publishSystem(shipped('Two'));
    expect(await newest()).toMatchObject({ version: 3 });
  });
});
