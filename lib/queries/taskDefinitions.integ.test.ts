import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { getFormUnderConstruction, getFormVersion } from './forms';
import {
  getDraftState,
  getTaskDefinition,
  listFormNames,
  listFormVersions,
  listOpenTasks,
  listTaskDefinitions,
  openTasksByVersion,
} from './taskDefinitions';

let database: TestDatabase;
let sql: postgres.Sql;
const [shipped, byPat, ofAcme, ofGlobex] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('omar', 'omar@acme.test', 'Omar Haddad', NULL), ('pat', 'pat@baton.test', 'Pat Kowalski', NULL)`;
  await sql`
    INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema, published_by) VALUES
      (${shipped}, 'review-form', 1,
       '{"type":"object","properties":{"b":{"default":"\${contextData.who.name} \${contextData.__proto__.x}"},"a":{}}}',
       '{}', NULL),
      (${byPat}, 'review-form', 2, '{"type":"object"}', '{}', 'pat')`;
  await sql`
    INSERT INTO workflow_form_definitions (form_id, tenant_id, name, version, json_schema, ui_schema) VALUES
      (${ofAcme}, 'acme', 'own-form', 1, '{"type":"object"}', '{}'),
      (${ofGlobex}, 'globex', 'own-form', 1, '{"type":"object"}', '{}')`;
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review-form'), ('lost', 'Lost', 'system', 'no-form')`;
  await sql`
    INSERT INTO workflow_task_definitions (task_definition_id, tenant_id, task_type, name, form_type, form_name, edited_by)
    VALUES (gen_random_uuid(), 'acme', 'review', 'Our review', 'tenant', 'own-form', 'omar'),
           (gen_random_uuid(), 'globex', 'special', 'Special', 'tenant', 'own-form', NULL)`;
  await sql`
    INSERT INTO workflow_form_drafts
      (draft_id, tenant_id, form_name, json_schema, ui_schema, sample_context, revision, saved_by)
    VALUES (gen_random_uuid(), 'acme', 'own-form', '{', '{}', '{}', 4, 'omar'),
           (gen_random_uuid(), NULL, 'begun-form', '{}', '{}', '{}', 1, 'pat')`;
  // Many tasks, most of another form; of version 1 of the system's: 2 open of acme and 1 of globex.
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status, priority,
      candidate_roles, candidate_users, excluded_users, context_data, warnings, completion_event, created_at)
    SELECT gen_random_uuid(), tenant, gen_random_uuid(), 1, 'c', 'review', 'system', 'review', 'system', form, 1,
      'Task ' || n, status, 'normal', '{}', '{}', '{}', '{}', '[]', 'Done', now()
    FROM generate_series(1, 20000) n, LATERAL (SELECT
      CASE WHEN n <= 4 THEN ${shipped}::uuid ELSE ${randomUUID()}::uuid END AS form,
      CASE WHEN n = 4 THEN 'completed' WHEN n % 2 = 0 THEN 'claimed' ELSE 'pending' END AS status,
      CASE WHEN n = 3 THEN 'globex' ELSE 'acme' END AS tenant) about`;
  await sql`VACUUM ANALYZE workflow_tasks`;
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

describe('the list of task definitions', () => {
  it('has the tenant’s own and those of the system, and says which come first', async () => {
    const { own, system } = await listTaskDefinitions({ tenant: 'acme' });
    expect(own).toMatchObject([
      { scope: 'own', taskType: 'review', name: 'Our review', formVersion: 1, editedByName: 'Omar Haddad' },
    ]);
    expect(system).toMatchObject([
      { scope: 'system', taskType: 'lost', formVersion: null, isReplaced: false, editedByName: null },
      { scope: 'system', taskType: 'review', formVersion: 2, isReplaced: true },
    ]);
  });

  it('has nothing of a tenant for the platform, and nothing of another for a tenant', async () => {
    expect((await listTaskDefinitions({ tenant: null })).own).toEqual([]);
    expect(await getTaskDefinition({ tenant: 'acme', scope: 'own', taskType: 'special' })).toBeNull();
    expect(await getTaskDefinition({ tenant: 'globex', scope: 'own', taskType: 'special' })).not.toBeNull();
    expect(await getTaskDefinition({ tenant: null, scope: 'own', taskType: 'special' })).toBeNull();
    expect(await listFormNames({ tenant: null })).toEqual({ own: [], system: ['review-form'] });
    expect(await listFormNames({ tenant: 'acme' })).toEqual({ own: ['own-form'], system: ['review-form'] });
  });
});

describe('the versions of a form', () => {
  const form = { scope: 'system', name: 'review-form' } as const;

  it('say how many open tasks have each: of the tenant, and of all for the platform', async () => {
    const counts = async (tenant: string | null) =>
      (await listFormVersions({ ...form, tenant })).map(({ version, openTasks, publishedByName }) => {
        return [version, openTasks, publishedByName];
      });
    expect(await counts('acme')).toEqual([
      [2, 0, 'Pat Kowalski'],
      [1, 2, null],
    ]);
    expect((await counts('globex')).map(([, open]) => open)).toEqual([0, 1]);
    expect((await counts(null)).map(([, open]) => open)).toEqual([0, 3]);
    const titles = (await listOpenTasks({ tenant: 'acme', formId: shipped })).map(({ title }) => title);
    expect(titles.toSorted()).toEqual(['Task 1', 'Task 2']);
  });

  it.each(['acme', null])('count their open tasks in one query on one index (tenant %s)', async (tenant) => {
    const { sql: text, params } = openTasksByVersion(tenant, [shipped, byPat]).toSQL();
    const [row] = await sql.unsafe(`EXPLAIN (FORMAT JSON) ${text}`, params as postgres.ParameterOrJSON<never>[]);
    const plan = JSON.stringify(row?.['QUERY PLAN']);
    expect(plan).toContain('"Index Name":"workflow_tasks_form"');
    expect(plan).not.toContain('Seq Scan');
  });

  it('are read with the order of their fields, and with a sample that names what their templates need', async () => {
    const version = await getFormVersion({ ...form, tenant: 'acme', version: 1 });
    expect(version?.documents.jsonSchema).toMatch(/"b": \{[^]*"a": \{/);
    expect(JSON.parse(version?.documents.sampleContext ?? '')).toEqual({ who: { name: 'name' } });
    expect(Object.prototype).not.toHaveProperty('x');
    expect(await getFormVersion({ ...form, tenant: 'acme', version: 3 })).toBeNull();
  });

  it('of another tenant do not exist, nor do their drafts', async () => {
    const own = { scope: 'own', name: 'own-form' } as const;
    expect(await getFormUnderConstruction({ ...own, tenant: 'acme' })).toMatchObject({
      newest: { version: 1 },
      draft: { revision: 4, savedByName: 'Omar Haddad', documents: { jsonSchema: '{' } },
    });
    expect(await getFormUnderConstruction({ ...own, tenant: 'globex' })).toMatchObject({ draft: null });
    expect(await getFormUnderConstruction({ ...own, tenant: 'initech' })).toBeNull();
    expect(await getFormUnderConstruction({ ...own, tenant: null })).toBeNull();
    expect(await getDraftState({ ...own, tenant: 'globex' })).toBeNull();
    expect(await getFormUnderConstruction({ tenant: null, scope: 'system', name: 'begun-form' })).toMatchObject({
      newest: null,
      draft: { revision: 1 },
    });
  });
});
