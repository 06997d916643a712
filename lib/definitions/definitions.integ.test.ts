import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRawClient } from '../db/rawClient';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { createDefinition, updateDefinition } from './definitions';
import { createDefinitionSchema, definitionSchema, type DefinitionInput } from './inputs';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = createRawClient({ url: database.url, name: 'test', max: 4, patienceMs: 5_000 });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('omar', 'omar@acme.test', 'Omar Haddad', 'acme'), ('nora', 'nora@acme.test', 'Nora Berg', 'acme')`;
  await sql`
    INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
    VALUES (gen_random_uuid(), 'review-form', 1, '{"type":"object"}', '{}'),
           (gen_random_uuid(), 'review-form', 2, '{"type":"object","properties":{"b":{},"a":{}}}', '{"b":{}}')`;
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review-form')`;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const definition = (part: Partial<Record<keyof DefinitionInput, unknown>> = {}): DefinitionInput =>
  definitionSchema.parse({
    name: 'Our review',
    description: '',
    form: { kind: 'system', name: 'review-form' },
    defaultRoles: ['manager', 'finance'],
    defaultPriority: 'high',
    defaultDue: '2 days',
    completionEvent: 'REVIEWED',
    ...part,
  });
const omar = { tenant: 'acme', userId: 'omar' } as const;

describe('task definitions of a tenant', () => {
  it('are made once, for that tenant alone', async () => {
    await createDefinition({ sql, ...omar, taskType: 'of_acme', definition: definition() });
    expect(
      await sql`
        SELECT tenant_id, name, description, form_type, form_name, default_roles, default_priority, default_due,
               completion_event, revision, edited_by
        FROM workflow_task_definitions WHERE task_type = 'of_acme'`,
    ).toEqual([
      {
        tenant_id: 'acme',
        name: 'Our review',
        description: null,
        form_type: 'system',
        form_name: 'review-form',
        default_roles: ['manager', 'finance'],
        default_priority: 'high',
        default_due: '2 days',
        completion_event: 'REVIEWED',
        revision: 1,
        edited_by: 'omar',
      },
    ]);
    await expect(
      createDefinition({ sql, ...omar, taskType: 'of_acme', definition: definition() }),
    ).rejects.toMatchObject({ code: 'invalid_input', fieldErrors: [{ path: '/taskType' }] });
    await createDefinition({ sql, tenant: 'globex', userId: 'gus', taskType: 'of_acme', definition: definition() });
  });

  it('begin a form of their own as a published copy of the system’s', async () => {
    const form = { kind: 'new', name: 'our-review' };
    await createDefinition({ sql, ...omar, taskType: 'review', definition: definition({ form, defaultRoles: [] }) });
    expect(
      await sql`
        SELECT f.version, f.json_schema::text, f.ui_schema::text, f.published_by, d.form_type
        FROM workflow_task_definitions d JOIN workflow_form_definitions f
          ON f.tenant_id = d.tenant_id AND f.name = d.form_name
        WHERE d.tenant_id = 'acme' AND d.task_type = 'review'`,
    ).toEqual([
      {
        version: 1,
        json_schema: '{"type":"object","properties":{"b":{},"a":{}}}',
        ui_schema: '{"b":{}}',
        published_by: 'omar',
        form_type: 'tenant',
      },
    ]);
  });

  it('begin a form that nobody has written as a draft', async () => {
    const form = { kind: 'new', name: 'blank-form' };
    await createDefinition({ sql, ...omar, taskType: 'blank', definition: definition({ form }) });
    const drafts = await sql<{ json_schema: string; revision: number }[]>`
      SELECT json_schema, revision FROM workflow_form_drafts WHERE tenant_id = 'acme' AND form_name = 'blank-form'`;
    expect(drafts).toHaveLength(1);
    expect(JSON.parse(drafts[0]?.json_schema ?? '')).toMatchObject({ type: 'object' });
    expect(await sql`SELECT 1 FROM workflow_form_definitions WHERE name = 'blank-form'`).toEqual([]);
    await expect(
      createDefinition({ sql, ...omar, taskType: 'blank_too', definition: definition({ form }) }),
    ).rejects.toMatchObject({ fieldErrors: [{ path: '/form/name' }] });
  });

  it('name only forms that there are for them', async () => {
    await sql`
      INSERT INTO workflow_form_definitions (form_id, tenant_id, name, version, json_schema, ui_schema)
      VALUES (gen_random_uuid(), 'globex', 'of-globex', 1, '{}', '{}')`;
    for (const kind of ['tenant', 'system']) {
      const wrong = createDefinition({
        sql,
        ...omar,
        taskType: 'wrong',
        definition: definition({ form: { kind, name: 'of-globex' } }),
      });
      await expect(wrong).rejects.toMatchObject({ fieldErrors: [{ path: '/form/name' }] });
    }
    expect(await sql`SELECT 1 FROM workflow_task_definitions WHERE task_type = 'wrong'`).toEqual([]);
  });

  it('are changed by the first of two who read the same, and the second is told by whom', async () => {
    await createDefinition({ sql, ...omar, taskType: 'edited', definition: definition() });
    const change = (userId: string, name: string) =>
      updateDefinition({
        sql,
        tenant: 'acme',
        userId,
        taskType: 'edited',
        expectedRevision: 1,
        definition: definition({ name, defaultDue: '' }),
      });
    const answers = await Promise.allSettled([change('omar', 'By Omar'), change('nora', 'By Nora')]);
    const [row] = await sql<{ name: string; revision: number; default_due: string | null }[]>`
      SELECT name, revision, default_due FROM workflow_task_definitions WHERE task_type = 'edited'`;
    const [won, lost] = answers[0]?.status === 'fulfilled' ? ['By Omar', answers[1]] : ['By Nora', answers[0]];
    expect(row).toEqual({ name: won, revision: 2, default_due: null });
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'stale_edit', httpStatus: 409 } });
    const who = won === 'By Omar' ? 'Omar Haddad' : 'Nora Berg';
    expect(String((lost as PromiseRejectedResult).reason)).toContain(who);
  });

  it('of another tenant, or of the system, do not exist for a change', async () => {
    for (const taskType of ['of_acme', 'review', 'nothing']) {
      const tenant = taskType === 'of_acme' ? 'initech' : 'globex';
      await expect(
        updateDefinition({ sql, tenant, userId: 'x', taskType, expectedRevision: 1, definition: definition() }),
      ).rejects.toMatchObject({ code: 'task_definition_not_found', httpStatus: 404 });
    }
  });
});

describe('task definitions of the system', () => {
  it('are changed where no tenant is named, and tenants’ own stay', async () => {
    const changed = definition({ name: 'Review by all', completionEvent: '' });
    await updateDefinition({
      sql,
      tenant: null,
      userId: 'omar',
      taskType: 'review',
      expectedRevision: 1,
      definition: changed,
    });
    await createDefinition({ sql, tenant: null, userId: 'omar', taskType: 'second', definition: definition() });
    expect(
      await sql`SELECT task_type, name, revision, edited_by FROM system_workflow_task_definitions ORDER BY task_type`,
    ).toEqual([
      { task_type: 'review', name: 'Review by all', revision: 2, edited_by: 'omar' },
      { task_type: 'second', name: 'Our review', revision: 1, edited_by: 'omar' },
    ]);
    expect(
      await sql`SELECT name FROM workflow_task_definitions WHERE tenant_id = 'acme' AND task_type = 'review'`,
    ).toEqual([{ name: 'Our review' }]);
  });

  it('never name the form of a tenant', async () => {
    const form = { kind: 'tenant', name: 'of-globex' };
    await expect(
      createDefinition({ sql, tenant: null, userId: 'pat', taskType: 'third', definition: definition({ form }) }),
    ).rejects.toMatchObject({ fieldErrors: [{ path: '/form/name' }] });
  });
});

describe('what is typed', () => {
  it.each([
    ['taskType', { taskType: 'Invoice Review' }],
    ['name', { name: '  ' }],
    ['form', { form: { kind: 'new', name: 'Übersicht' } }],
    ['defaultRoles', { defaultRoles: ['the boss'] }],
    ['defaultDue', { defaultDue: 'soon' }],
    ['defaultDue', { defaultDue: '0 days' }],
    ['completionEvent', { completionEvent: 'Task:1:Complete' }],
  ])('is refused by its field where it cannot be: %s', (field, part) => {
    const good = {
      taskType: 'a_type',
      name: 'A',
      description: '',
      form: { kind: 'new', name: 'a-form' },
      defaultRoles: [],
      defaultPriority: 'normal',
      defaultDue: '',
      completionEvent: '',
    };
    expect(createDefinitionSchema.safeParse(good).success).toBe(true);
    const { error } = createDefinitionSchema.safeParse({ ...good, ...part });
    expect(error?.issues.map(({ path }) => path[0])).toEqual([field]);
  });
});
