/** Versions of forms and their drafts, as their authors read them. */
import { and, eq, sql } from 'drizzle-orm';
import { pageDb } from '../db/client';
import {
  systemWorkflowFormDefinitions as sf,
  users,
  workflowFormDefinitions as tf,
  workflowFormDrafts as drafts,
} from '../db/schema';
import { isJsonObject, isUnsafeName, ownMember } from '../forms/json';
import type { FormDocuments } from '../forms/lint/finding';
import { templatePlaceholders } from '../forms/templates';
import type { FormDefinition, JsonObject } from '../forms/types';
import { draftOf, listFormVersions, type FormAddress, type FormVersionRow } from './taskDefinitions';

export interface FormVersionText extends FormDefinition {
  readonly version: number;
  readonly jsonSchema: JsonObject;
  readonly uiSchema: JsonObject;
  readonly sampleContext: JsonObject | null;
  readonly documents: FormDocuments;
}

/** One version of a form; null where there is none. Another tenant's does not exist here. */
export async function getFormVersion(
  address: FormAddress & { readonly version: number },
): Promise<FormVersionText | null> {
  const { tenant, scope, name, version } = address;
  if (scope === 'own' && tenant === null) return null;
  const table = scope === 'own' ? tf : sf;
  const ofTenant = scope === 'own' ? eq(tf.tenantId, tenant ?? '') : undefined;
  const [row] = await pageDb()
    .select({
      // The text keeps the order of the fields, whatever they are called.
      jsonSchema: sql<string>`${table.jsonSchema}::text`,
      uiSchema: sql<string>`${table.uiSchema}::text`,
      sampleContext: sql<string | null>`${table.sampleContext}::text`,
    })
    .from(table)
    .where(and(ofTenant, eq(table.name, name), eq(table.version, version)));
  if (!row) return null;
  const jsonSchema = JSON.parse(row.jsonSchema) as JsonObject;
  const uiSchema = JSON.parse(row.uiSchema) as JsonObject;
  const sampleContext = row.sampleContext === null ? null : (JSON.parse(row.sampleContext) as JsonObject);
  return {
    version,
    jsonSchema,
    uiSchema,
    sampleContext,
    documents: {
      jsonSchema: legible(row.jsonSchema),
      uiSchema: legible(row.uiSchema),
      sampleContext:
        row.sampleContext === null
          ? JSON.stringify(sampleFor(jsonSchema, uiSchema), null, 2)
          : legible(row.sampleContext),
    },
  };
}

export interface FormDraft {
  readonly documents: FormDocuments;
  readonly revision: number;
  readonly savedAt: string;
  readonly savedByName: string | null;
}

export interface FormUnderConstruction {
  readonly versions: readonly FormVersionRow[];
  readonly newest: FormVersionText | null;
  readonly draft: FormDraft | null;
}

/** What an author of the form begins with; null where the form does not exist. */
export async function getFormUnderConstruction(address: FormAddress): Promise<FormUnderConstruction | null> {
  const [versions, draft] = await Promise.all([listFormVersions(address), getDraft(address)]);
  const newest = versions[0] ? await getFormVersion({ ...address, version: versions[0].version }) : null;
  return newest === null && draft === null ? null : { versions, newest, draft };
}

async function getDraft({ tenant, scope, name }: FormAddress): Promise<FormDraft | null> {
  const [row] = await pageDb()
    .select({ draft: drafts, savedByName: users.name })
    .from(drafts)
    .leftJoin(users, eq(users.userId, drafts.savedBy))
    .where(and(draftOf(tenant, scope), eq(drafts.formName, name)));
  if (!row) return null;
  const { jsonSchema, uiSchema, sampleContext, revision, savedAt } = row.draft;
  const documents = { jsonSchema, uiSchema, sampleContext };
  return { documents, revision, savedAt: savedAt.toISOString(), savedByName: row.savedByName };
}

/** What the product ships is stored on one line. */
function legible(text: string): string {
  return text.includes('\n') ? text : JSON.stringify(JSON.parse(text), null, 2);
}

/** A sample for a form that came without one: each key that its templates name, holding its own name. */
function sampleFor(...documents: readonly JsonObject[]): JsonObject {
  const sample: Record<string, unknown> = {};
  const visit = (value: unknown): void => {
    if (typeof value === 'string') for (const path of templatePlaceholders(value)) put(sample, path);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  documents.forEach(visit);
  return sample;
}

function put(sample: Record<string, unknown>, path: string): void {
  // Paths with lists or quoted names are left to the author: what they hold cannot be guessed.
  if (!/^[\w-]+(\.[\w-]+)*$/.test(path)) return;
  const names = path.split('.');
  if (names.some(isUnsafeName)) return;
  let current: Record<string, unknown> = sample;
  names.forEach((name, index) => {
    const next = ownMember(current, name);
    if (index === names.length - 1) current[name] = next ?? name;
    else if (isJsonObject(next)) current = next;
    else current = current[name] = {};
  });
}
