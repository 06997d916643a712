/**
 * Task definitions as people administer them: those of a tenant, and those of the system (`tenant` null). A definition
 * names a form; which version a task gets is decided when the task is created.
 */
import { InvalidInputError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { v7 as newId } from 'uuid';
import { StaleEditError, TaskDefinitionNotFoundError } from './errors';
import type { DefinitionInput } from './inputs';
import { nameOf } from './people';
import { starterForm, written } from './starter';

type Tx = postgres.TransactionSql;
type FormPlace = { readonly type: 'system' | 'tenant'; readonly name: string };

interface Write {
  readonly sql: postgres.Sql;
  /** null: the system's own. */
  readonly tenant: string | null;
  readonly userId: string;
  readonly taskType: string;
  readonly definition: DefinitionInput;
}

/**
 * Makes a task definition. A tenant's own comes before the system's of the same type; a new form of it then begins as a
 * copy of the system's, published at once, so that tasks can be created at every moment.
 * @throws InvalidInputError with the field, where the type exists or the form does not.
 */
export async function createDefinition({ sql, tenant, userId, taskType, definition }: Write): Promise<void> {
  await once(sql, async (tx) => {
    const [shipped] = await tx<{ form_name: string }[]>`
      SELECT form_name FROM system_workflow_task_definitions WHERE task_type = ${taskType}`;
    const present: FormPlace | null = shipped && tenant !== null ? { type: 'system', name: shipped.form_name } : null;
    const form = await formFor(tx, { tenant, userId, present }, definition.form);
    const rows = await insert(tx, { tenant, userId, taskType, definition, form });
    if (rows.length === 0)
      throw wrongField('/taskType', `There is a task definition "${taskType}" already. Edit that.`);
  });
}

/**
 * Changes a task definition. Tasks that exist stay as they are.
 * @param change.expectedRevision the revision it was read in.
 * @throws TaskDefinitionNotFoundError when there is none of this type here.
 * @throws StaleEditError when somebody else has changed it since: says who, and changes nothing.
 * @throws InvalidInputError with the field, where the form does not exist.
 */
export async function updateDefinition(
  change: Write & { readonly expectedRevision: number },
): Promise<{ readonly revision: number }> {
  const { sql, tenant, userId, taskType, definition, expectedRevision } = change;
  return once(sql, async (tx) => {
    const known = await lock(tx, tenant, taskType);
    if (!known) throw new TaskDefinitionNotFoundError(taskType);
    if (known.revision !== expectedRevision) {
      const who = await nameOf(tx, known.edited_by);
      throw new StaleEditError(
        `${who} changed this definition while you wrote. What you typed is still here: reload to see theirs first.`,
      );
    }
    const present: FormPlace = { type: known.form_type, name: known.form_name };
    const form = await formFor(tx, { tenant, userId, present }, definition.form);
    await update(tx, { tenant, userId, taskType, definition, form });
    return { revision: known.revision + 1 };
  });
}

/** In one transaction. A form of the same name that came into being meanwhile is told like one that was there. */
async function once<Value>(sql: postgres.Sql, work: (tx: Tx) => Promise<Value>): Promise<Value> {
  try {
    return (await sql.begin(work)) as Value;
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === '23505';
    throw isTaken ? wrongField('/form/name', 'Somebody has just made a form of this name. Choose it.') : error;
  }
}

interface Definition {
  revision: number;
  edited_by: string | null;
  form_type: 'system' | 'tenant';
  form_name: string;
}

async function lock(tx: Tx, tenant: string | null, taskType: string): Promise<Definition | undefined> {
  const [row] =
    tenant === null
      ? await tx<Definition[]>`
          SELECT revision, edited_by, form_type, form_name FROM system_workflow_task_definitions
          WHERE task_type = ${taskType} FOR UPDATE`
      : await tx<Definition[]>`
          SELECT revision, edited_by, form_type, form_name FROM workflow_task_definitions
          WHERE tenant_id = ${tenant} AND task_type = ${taskType} FOR UPDATE`;
  return row;
}

interface Row extends Omit<Write, 'sql'> {
  readonly form: FormPlace;
}

const columnsOf = ({ definition: d, form, userId }: Row) => ({
  name: d.name,
  description: d.description,
  form_type: form.type,
  form_name: form.name,
  default_roles: d.defaultRoles,
  default_priority: d.defaultPriority,
  default_due: d.defaultDue,
  completion_event: d.completionEvent,
  edited_by: userId,
});

function insert(tx: Tx, row: Row) {
  const columns = { task_type: row.taskType, ...columnsOf(row) };
  return row.tenant === null
    ? tx`INSERT INTO system_workflow_task_definitions ${tx(columns)} ON CONFLICT DO NOTHING RETURNING task_type`
    : tx`INSERT INTO workflow_task_definitions
           ${tx({ task_definition_id: newId(), tenant_id: row.tenant, ...columns })}
         ON CONFLICT (tenant_id, task_type) DO NOTHING RETURNING task_type`;
}

async function update(tx: Tx, row: Row): Promise<void> {
  const { tenant, taskType } = row;
  if (tenant === null) {
    await tx`
      UPDATE system_workflow_task_definitions
      SET ${tx(columnsOf(row))}, revision = revision + 1, updated_at = now() WHERE task_type = ${taskType}`;
  } else {
    await tx`
      UPDATE workflow_task_definitions SET ${tx(columnsOf(row))}, revision = revision + 1, updated_at = now()
      WHERE tenant_id = ${tenant} AND task_type = ${taskType}`;
  }
}

interface Place {
  readonly tenant: string | null;
  readonly userId: string;
  /** The form that such tasks have now. */
  readonly present: FormPlace | null;
}

/** Where the definition finds its form, which exists when this returns. */
async function formFor(tx: Tx, place: Place, wanted: DefinitionInput['form']): Promise<FormPlace> {
  const { tenant, present } = place;
  const { name } = wanted;
  if (wanted.kind !== 'new') {
    const form: FormPlace = { type: wanted.kind, name };
    const isKept = present?.type === form.type && present.name === name;
    if (isKept || (await hasForm(tx, tenant, form))) return form;
    throw wrongField('/form/name', `There is no form "${name}". Choose one of the list.`);
  }
  const form: FormPlace = { type: tenant === null ? 'system' : 'tenant', name };
  if (await hasForm(tx, tenant, form)) {
    throw wrongField('/form/name', `There is a form "${name}" already. Choose it, or use another name.`);
  }
  if (present === null || !(await copyForm(tx, place, present, form))) await beginForm(tx, place, form);
  return form;
}

/** Whether it has a version, or a draft where it is the definition's own. A tenant may use forms of the system too. */
async function hasForm(tx: Tx, tenant: string | null, { type, name }: FormPlace): Promise<boolean> {
  if (type === 'tenant' && tenant === null) return false;
  const published =
    type === 'system'
      ? await tx`SELECT 1 FROM system_workflow_form_definitions WHERE name = ${name} LIMIT 1`
      : await tx`SELECT 1 FROM workflow_form_definitions WHERE tenant_id = ${tenant} AND name = ${name} LIMIT 1`;
  if (published.length > 0 || (type === 'system') !== (tenant === null)) return published.length > 0;
  const drafts = await tx`
    SELECT 1 FROM workflow_form_drafts WHERE tenant_id IS NOT DISTINCT FROM ${tenant} AND form_name = ${name}`;
  return drafts.length > 0;
}

/** The first version of a form is the newest of another; false where that one has none. */
async function copyForm(tx: Tx, { tenant, userId }: Place, from: FormPlace, to: FormPlace): Promise<boolean> {
  const source =
    from.type === 'system'
      ? tx`system_workflow_form_definitions WHERE name = ${from.name}`
      : tx`workflow_form_definitions WHERE tenant_id = ${tenant} AND name = ${from.name}`;
  const copied = tx`description, json_schema, ui_schema, sample_context, ${userId} FROM ${source}
    ORDER BY version DESC LIMIT 1`;
  const rows =
    tenant === null
      ? await tx`
          INSERT INTO system_workflow_form_definitions
            (form_id, name, version, description, json_schema, ui_schema, sample_context, published_by)
          SELECT ${newId()}::uuid, ${to.name}, 1, ${copied} RETURNING 1`
      : await tx`
          INSERT INTO workflow_form_definitions
            (form_id, tenant_id, name, version, description, json_schema, ui_schema, sample_context, published_by)
          SELECT ${newId()}::uuid, ${tenant}, ${to.name}, 1, ${copied} RETURNING 1`;
  return rows.length > 0;
}

/** A form that nobody has written: its draft. Until it is published, tasks of this type are refused. */
async function beginForm(tx: Tx, { tenant, userId }: Place, { name }: FormPlace): Promise<void> {
  await tx`
    INSERT INTO workflow_form_drafts
      (draft_id, tenant_id, form_name, json_schema, ui_schema, sample_context, revision, saved_by)
    VALUES (${newId()}, ${tenant}, ${name}, ${written(starterForm.jsonSchema)}, ${written(starterForm.uiSchema)},
      ${written(starterForm.sampleContext)}, 1, ${userId})`;
}

function wrongField(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, { fieldErrors: [{ path, message }] });
}
