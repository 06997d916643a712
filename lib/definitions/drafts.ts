/** The next version of a form: written as a draft by all who may, frozen when it is published. */
import { ValidationFailedError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { v7 as newId } from 'uuid';
import { checkFormTexts } from '../forms/server/checkFormTexts';
import type { FormDocuments, Finding } from '../forms/lint/finding';
import { FormNotFoundError, StaleEditError } from './errors';
import { nameOf } from './people';

interface Address {
  readonly sql: postgres.Sql;
  /** null: a form of the system. */
  readonly tenant: string | null;
  readonly userId: string;
  readonly formName: string;
  /** The revision of the draft that the change was made from; 0: there was none. */
  readonly expectedRevision: number;
}

export interface SavedDraft {
  readonly revision: number;
  readonly savedAt: string;
  /** What the server's validator finds in it. */
  readonly findings: readonly Finding[];
}

/**
 * Stores a draft as it stands, JSON or not.
 * @throws FormNotFoundError when there is no such form here.
 * @throws StaleEditError when somebody saved, published or discarded it since: says who, and stores nothing.
 */
export async function saveDraft(save: Address & { readonly texts: FormDocuments }): Promise<SavedDraft> {
  const { sql, tenant, userId, formName, expectedRevision, texts } = save;
  const { jsonSchema, uiSchema, sampleContext } = texts;
  const [saved] =
    expectedRevision === 0
      ? await sql<{ revision: number; saved_at: Date }[]>`
          INSERT INTO workflow_form_drafts
            (draft_id, tenant_id, form_name, json_schema, ui_schema, sample_context, revision, saved_by)
          SELECT ${newId()}::uuid, ${tenant}, ${formName}, ${jsonSchema}, ${uiSchema}, ${sampleContext}, 1, ${userId}
          WHERE ${versionsOf(sql, { tenant, formName })}
          ON CONFLICT (tenant_id, form_name) DO NOTHING
          RETURNING revision, saved_at`
      : await sql<{ revision: number; saved_at: Date }[]>`
          UPDATE workflow_form_drafts
          SET json_schema = ${jsonSchema}, ui_schema = ${uiSchema}, sample_context = ${sampleContext},
              revision = revision + 1, saved_by = ${userId}, saved_at = now()
          WHERE tenant_id IS NOT DISTINCT FROM ${tenant} AND form_name = ${formName}
            AND revision = ${expectedRevision}
          RETURNING revision, saved_at`;
  if (!saved) throw await whyNot(save);
  return { revision: saved.revision, savedAt: saved.saved_at.toISOString(), findings: checkFormTexts(texts) };
}

/**
 * Deletes a draft; the published versions stay.
 * @throws FormNotFoundError, StaleEditError as `saveDraft` does.
 */
export async function discardDraft(address: Address): Promise<void> {
  const { sql, tenant, formName, expectedRevision } = address;
  const rows = await sql`
    DELETE FROM workflow_form_drafts
    WHERE tenant_id IS NOT DISTINCT FROM ${tenant} AND form_name = ${formName} AND revision = ${expectedRevision}
    RETURNING 1`;
  if (rows.length === 0) throw await whyNot(address);
}

/**
 * Makes the draft the newest version of its form, which nothing changes any more. Open tasks keep theirs; tasks that
 * are created from now on get this one.
 * @throws ValidationFailedError with every finding that forbids it; the draft stays.
 * @throws FormNotFoundError, StaleEditError as `saveDraft` does.
 */
export async function publishDraft(address: Address): Promise<{ readonly version: number }> {
  const { sql, tenant, userId, formName, expectedRevision } = address;
  const [draft] = await sql<{ draft_id: string; json_schema: string; ui_schema: string; sample_context: string }[]>`
    SELECT draft_id, json_schema, ui_schema, sample_context FROM workflow_form_drafts
    WHERE tenant_id IS NOT DISTINCT FROM ${tenant} AND form_name = ${formName} AND revision = ${expectedRevision}`;
  if (!draft) throw await whyNot(address);
  const findings = checkFormTexts({
    jsonSchema: draft.json_schema,
    uiSchema: draft.ui_schema,
    sampleContext: draft.sample_context,
  }).filter(({ severity }) => severity === 'error');
  if (findings.length > 0) throw refused(findings);
  const published = await publish(address, draft.draft_id, userId);
  if (published === undefined) throw await whyNot(address);
  return { version: published };
}

/** In one statement, so that a draft is either there or a version. */
async function publish(
  { sql, tenant, formName, expectedRevision }: Address,
  draftId: string,
  userId: string,
): Promise<number | undefined> {
  const taken = sql`
    WITH taken AS (
      DELETE FROM workflow_form_drafts WHERE draft_id = ${draftId} AND revision = ${expectedRevision}
      RETURNING json_schema, ui_schema, sample_context
    )`;
  const texts = sql`json_schema::json, ui_schema::json, sample_context::json, ${userId} FROM taken`;
  const rows =
    tenant === null
      ? await sql<{ version: number }[]>`${taken}
          INSERT INTO system_workflow_form_definitions
            (form_id, name, version, json_schema, ui_schema, sample_context, published_by)
          SELECT ${newId()}::uuid, ${formName},
            1 + coalesce((SELECT max(version) FROM system_workflow_form_definitions WHERE name = ${formName}), 0),
            ${texts} RETURNING version`
      : await sql<{ version: number }[]>`${taken}
          INSERT INTO workflow_form_definitions
            (form_id, tenant_id, name, version, json_schema, ui_schema, sample_context, published_by)
          SELECT ${newId()}::uuid, ${tenant}, ${formName},
            1 + coalesce((SELECT max(version) FROM workflow_form_definitions
                          WHERE tenant_id = ${tenant} AND name = ${formName}), 0),
            ${texts} RETURNING version`;
  return rows[0]?.version;
}

function refused(findings: readonly Finding[]): ValidationFailedError {
  const count = findings.length === 1 ? 'One finding forbids' : `${findings.length} findings forbid`;
  return new ValidationFailedError(`${count} publishing. The draft stays as it is: mend it and publish again.`, {
    fieldErrors: findings.map(({ document, pointer, message }) => ({ path: `/${document}${pointer}`, message })),
  });
}

const versionsOf = (sql: postgres.Sql, { tenant, formName }: Pick<Address, 'tenant' | 'formName'>) =>
  tenant === null
    ? sql`EXISTS (SELECT 1 FROM system_workflow_form_definitions WHERE name = ${formName})`
    : sql`EXISTS (SELECT 1 FROM workflow_form_definitions WHERE tenant_id = ${tenant} AND name = ${formName})`;

/** Why a draft is not what the caller believed. */
async function whyNot(address: Address): Promise<Error> {
  const { sql, tenant, formName } = address;
  const [draft] = await sql<{ saved_by: string }[]>`
    SELECT saved_by FROM workflow_form_drafts
    WHERE tenant_id IS NOT DISTINCT FROM ${tenant} AND form_name = ${formName}`;
  if (draft) {
    const who = await nameOf(sql, draft.saved_by);
    return new StaleEditError(`${who} saved this draft while you wrote. What you typed is still here.`);
  }
  const [newest] =
    tenant === null
      ? await sql<{ version: number; published_by: string | null }[]>`
          SELECT version, published_by FROM system_workflow_form_definitions WHERE name = ${formName}
          ORDER BY version DESC LIMIT 1`
      : await sql<{ version: number; published_by: string | null }[]>`
          SELECT version, published_by FROM workflow_form_definitions
          WHERE tenant_id = ${tenant} AND name = ${formName} ORDER BY version DESC LIMIT 1`;
  if (!newest) return new FormNotFoundError(formName);
  return new StaleEditError(
    `This draft was published or discarded while you wrote; version ${newest.version} is the newest now. What you typed is still here.`,
  );
}
