/** Task definitions and forms: lookup for new tasks, and publication of what ships with the product. */
import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import type { JsonObject } from '../../model/json';
import type {
  SystemFormInput,
  SystemTaskDefinitionInput,
  TaskDefinition,
  TaskDefinitionStore,
  TaskPriority,
} from '../../model/ports/taskStore';

interface DefinitionRow {
  ordinal: number;
  type: 'system' | 'tenant';
  task_definition_id: string | null;
  task_type: string;
  name: string;
  default_roles: string[];
  default_priority: TaskPriority;
  default_due: string | null;
  completion_event: string | null;
  form_type: 'system' | 'tenant';
  form_name: string;
  form_id: string | null;
  form_version: number | null;
  json_schema: JsonObject | null;
  ui_schema: JsonObject | null;
}

export function createTaskDefinitionStore(options: { readonly sql: Sql }): TaskDefinitionStore {
  const { sql } = options;
  return {
    find: async ({ wanted }) => {
      if (wanted.length === 0) return [];
      const rows = await sql<DefinitionRow[]>`
        WITH wanted AS (
          SELECT * FROM unnest(${wanted.map(({ tenant }) => tenant)}::text[],
                               ${wanted.map(({ taskType }) => taskType)}::text[])
            WITH ORDINALITY AS w(tenant_id, task_type, ordinal)
        ), found AS (
          SELECT DISTINCT ON (w.ordinal) w.ordinal, w.tenant_id, d.*
          FROM wanted w JOIN LATERAL (
            SELECT 1 AS rank, 'tenant' AS type, task_definition_id, task_type, name, default_roles,
                   default_priority, default_due, completion_event, form_type, form_name
            FROM workflow_task_definitions t WHERE t.tenant_id = w.tenant_id AND t.task_type = w.task_type
            UNION ALL
            SELECT 2, 'system', NULL, task_type, name, default_roles, default_priority, default_due,
                   completion_event, form_type, form_name
            FROM system_workflow_task_definitions s WHERE s.task_type = w.task_type
          ) d ON true
          ORDER BY w.ordinal, d.rank
        )
        SELECT f.ordinal::int, f.type, f.task_definition_id, f.task_type, f.name, f.default_roles,
               f.default_priority, f.default_due, f.completion_event, f.form_type, f.form_name, v.form_id,
               v.version AS form_version, v.json_schema, v.ui_schema
        FROM found f LEFT JOIN LATERAL (
          SELECT form_id, version, json_schema, ui_schema FROM workflow_form_definitions
          WHERE f.form_type = 'tenant' AND tenant_id = f.tenant_id AND name = f.form_name
          UNION ALL
          SELECT form_id, version, json_schema, ui_schema FROM system_workflow_form_definitions
          WHERE f.form_type = 'system' AND name = f.form_name
          ORDER BY version DESC LIMIT 1
        ) v ON true`;
      const found = new Map(rows.map((row) => [row.ordinal, definitionOf(row)]));
      return wanted.map((_, index) => found.get(index + 1) ?? null);
    },

    publishSystem: async ({ forms, taskDefinitions }) => {
      for (const form of forms) await publishForm(sql, form);
      for (const definition of taskDefinitions) await publishDefinition(sql, definition);
    },
  };
}

function definitionOf(row: DefinitionRow): TaskDefinition {
  const { form_id: formId, form_version: version, json_schema: jsonSchema } = row;
  return {
    type: row.type,
    tenantTaskDefinitionId: row.task_definition_id,
    taskType: row.task_type,
    name: row.name,
    defaultRoles: row.default_roles,
    defaultPriority: row.default_priority,
    defaultDue: row.default_due,
    completionEvent: row.completion_event,
    formName: row.form_name,
    form:
      formId !== null && version !== null && jsonSchema !== null
        ? { type: row.form_type, formId, version, jsonSchema, uiSchema: row.ui_schema ?? {} }
        : null,
  };
}

/**
 * Compares texts, not values: the order of fields is part of a form. It is compared with what the product had last, so
 * that a version which an operator published stays the newest until the product's own text changes.
 */
async function publishForm(sql: Sql, form: SystemFormInput): Promise<void> {
  const jsonSchema = JSON.stringify(form.jsonSchema);
  const uiSchema = JSON.stringify(form.uiSchema);
  const insert = () => sql`
    WITH newest AS (
      SELECT version, json_schema::text AS json_schema, ui_schema::text AS ui_schema
      FROM system_workflow_form_definitions WHERE name = ${form.name} AND published_by IS NULL
      ORDER BY version DESC LIMIT 1
    )
    INSERT INTO system_workflow_form_definitions (form_id, name, version, description, json_schema, ui_schema)
    SELECT ${newId()}::uuid, ${form.name},
      coalesce((SELECT max(version) FROM system_workflow_form_definitions WHERE name = ${form.name}), 0) + 1,
      ${form.description ?? null}, ${jsonSchema}::text::json, ${uiSchema}::text::json
    WHERE NOT EXISTS (SELECT 1 FROM newest WHERE json_schema = ${jsonSchema} AND ui_schema = ${uiSchema})
    ON CONFLICT (name, version) DO NOTHING
    RETURNING 1`;
  await insert();
  // Where another process took the version number first, this finds its text, or takes the next number.
  await insert();
}

/** What an operator changed stays. */
async function publishDefinition(sql: Sql, definition: SystemTaskDefinitionInput): Promise<void> {
  await sql`
    INSERT INTO system_workflow_task_definitions AS d (task_type, name, description, form_type, form_name,
      default_roles, default_priority, default_due, completion_event)
    VALUES (${definition.taskType}, ${definition.name}, ${definition.description ?? null}, 'system',
      ${definition.formName}, ${[...(definition.defaultRoles ?? [])]}::text[], ${definition.defaultPriority ?? 'normal'},
      ${definition.defaultDue ?? null}, ${definition.completionEvent ?? null})
    ON CONFLICT (task_type) DO UPDATE
    SET name = excluded.name, description = excluded.description, form_type = excluded.form_type,
        form_name = excluded.form_name, default_roles = excluded.default_roles,
        default_priority = excluded.default_priority, default_due = excluded.default_due,
        completion_event = excluded.completion_event, revision = d.revision + 1, updated_at = now()
    WHERE d.edited_by IS NULL AND (d.name, d.description, d.form_type, d.form_name, d.default_roles, d.default_priority, d.default_due,
           d.completion_event)
      IS DISTINCT FROM (excluded.name, excluded.description, excluded.form_type, excluded.form_name,
           excluded.default_roles, excluded.default_priority, excluded.default_due, excluded.completion_event)`;
}
