/** Task definitions with the forms they name, as the console shows them. */
import { and, asc, count, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import {
  systemWorkflowFormDefinitions as sf,
  systemWorkflowTaskDefinitions as sd,
  userRoles,
  users,
  workflowFormDefinitions as tf,
  workflowFormDrafts as drafts,
  workflowTaskDefinitions as td,
  workflowTasks as tasks,
} from '../db/schema';

/** Whose a definition or form is: the tenant's own, or the system's, which all tenants share. */
export type Scope = 'own' | 'system';

/** Parses the part of an address that says whose it is. */
export const scopeOf = (text: string): Scope | null => (text === 'own' || text === 'system' ? text : null);

export interface TaskDefinitionRow {
  readonly scope: Scope;
  readonly taskType: string;
  readonly name: string;
  readonly description: string | null;
  readonly formType: 'system' | 'tenant';
  readonly formName: string;
  /** Newest version of its form; null: none is published, so that its tasks are refused. */
  readonly formVersion: number | null;
  readonly defaultRoles: readonly string[];
  readonly updatedAt: string;
  /** Who changed it in the console; null: it is as the product has it. */
  readonly editedByName: string | null;
  /** The tenant has one of the same type, which comes first. */
  readonly isReplaced: boolean;
}

export interface TaskDefinitionView extends TaskDefinitionRow {
  readonly revision: number;
  readonly defaultPriority: 'low' | 'normal' | 'high' | 'urgent';
  readonly defaultDue: string | null;
  readonly completionEvent: string | null;
}

const nameOfUser = (userId: SQL | typeof sd.editedBy | typeof td.editedBy | typeof sf.publishedBy) =>
  sql<string | null>`(SELECT ${users.name} FROM ${users} WHERE ${users.userId} = ${userId})`;

/** By type: the tenant's own (none for the platform, `tenant` null), and those of the system. */
export async function listTaskDefinitions({ tenant }: { readonly tenant: string | null }): Promise<{
  readonly own: readonly TaskDefinitionView[];
  readonly system: readonly TaskDefinitionView[];
}> {
  const [own, system] = await Promise.all([
    tenant === null ? [] : ownDefinitions(tenant),
    pageDb()
      .select({
        definition: sd,
        editedByName: nameOfUser(sd.editedBy),
        formVersion: sql<number | null>`(SELECT max(${sf.version}) FROM ${sf} WHERE ${sf.name} = ${sd.formName})`,
      })
      .from(sd)
      .orderBy(asc(sd.taskType)),
  ]);
  const types = new Set(own.map(({ taskType }) => taskType));
  return {
    own,
    system: system.map(({ definition, editedByName, formVersion }) => ({
      ...viewOf(definition),
      scope: 'system',
      editedByName,
      formVersion,
      isReplaced: types.has(definition.taskType),
    })),
  };
}

async function ownDefinitions(tenant: string): Promise<TaskDefinitionView[]> {
  const rows = await pageDb()
    .select({
      definition: td,
      editedByName: nameOfUser(td.editedBy),
      formVersion: sql<number | null>`CASE ${td.formType}
        WHEN 'tenant' THEN (SELECT max(${tf.version}) FROM ${tf}
                            WHERE ${tf.tenantId} = ${td.tenantId} AND ${tf.name} = ${td.formName})
        ELSE (SELECT max(${sf.version}) FROM ${sf} WHERE ${sf.name} = ${td.formName}) END`,
    })
    .from(td)
    .where(eq(td.tenantId, tenant))
    .orderBy(asc(td.taskType));
  return rows.map(({ definition, editedByName, formVersion }) => ({
    ...viewOf(definition),
    scope: 'own',
    editedByName,
    formVersion,
    isReplaced: false,
  }));
}

function viewOf(row: typeof sd.$inferSelect | typeof td.$inferSelect) {
  const { taskType, name, description, formType, formName, defaultRoles, defaultPriority, defaultDue } = row;
  const { completionEvent, revision } = row;
  const updatedAt = row.updatedAt.toISOString();
  return {
    ...{ taskType, name, description, formType, formName, defaultRoles, defaultPriority, defaultDue },
    ...{ completionEvent, revision, updatedAt },
  };
}

/** One definition; null where there is none of this type. Another tenant's does not exist here. */
export async function getTaskDefinition(query: {
  readonly tenant: string | null;
  readonly scope: Scope;
  readonly taskType: string;
}): Promise<TaskDefinitionView | null> {
  const { own, system } = await listTaskDefinitions({ tenant: query.tenant });
  return (query.scope === 'own' ? own : system).find(({ taskType }) => taskType === query.taskType) ?? null;
}

/** Which forms a definition may name: those of the system, and the tenant's own. By name, each once. */
export async function listFormNames({ tenant }: { readonly tenant: string | null }): Promise<{
  readonly own: readonly string[];
  readonly system: readonly string[];
}> {
  const db = pageDb();
  const [own, system] = await Promise.all([
    tenant === null
      ? []
      : db.selectDistinct({ name: tf.name }).from(tf).where(eq(tf.tenantId, tenant)).orderBy(asc(tf.name)),
    db.selectDistinct({ name: sf.name }).from(sf).orderBy(asc(sf.name)),
  ]);
  return { own: own.map(({ name }) => name), system: system.map(({ name }) => name) };
}

/** The roles that somebody of the tenant has who can sign in, with how many. */
export async function listRoles({
  tenant,
}: {
  readonly tenant: string | null;
}): Promise<readonly { readonly role: string; readonly people: number }[]> {
  return pageDb()
    .select({ role: userRoles.role, people: count() })
    .from(userRoles)
    .innerJoin(users, eq(users.userId, userRoles.userId))
    .where(and(isNull(users.deactivatedAt), tenant === null ? isNotNull(users.tenantId) : eq(users.tenantId, tenant)))
    .groupBy(userRoles.role)
    .orderBy(asc(userRoles.role));
}

export interface FormVersionRow {
  readonly formId: string;
  readonly version: number;
  readonly createdAt: string;
  /** null: it came with the product. */
  readonly publishedByName: string | null;
  /** Open tasks that were created with it: of the tenant, or of all for the platform. */
  readonly openTasks: number;
}

export interface FormAddress {
  /** The reader's tenant; null: the platform. */
  readonly tenant: string | null;
  readonly scope: Scope;
  readonly name: string;
}

/** All versions of a form, newest first. */
export async function listFormVersions(address: FormAddress): Promise<readonly FormVersionRow[]> {
  const { tenant, scope, name } = address;
  if (scope === 'own' && tenant === null) return [];
  const rows =
    scope === 'own'
      ? await pageDb()
          .select({
            formId: tf.formId,
            version: tf.version,
            createdAt: tf.createdAt,
            by: nameOfUser(sql`${tf.publishedBy}`),
          })
          .from(tf)
          .where(and(eq(tf.tenantId, tenant ?? ''), eq(tf.name, name)))
          .orderBy(desc(tf.version))
      : await pageDb()
          .select({ formId: sf.formId, version: sf.version, createdAt: sf.createdAt, by: nameOfUser(sf.publishedBy) })
          .from(sf)
          .where(eq(sf.name, name))
          .orderBy(desc(sf.version));
  const open = await countOpenTasks(
    tenant,
    rows.map(({ formId }) => formId),
  );
  return rows.map(({ formId, version, createdAt, by }) => ({
    formId,
    version,
    createdAt: createdAt.toISOString(),
    publishedByName: by,
    openTasks: open.get(formId) ?? 0,
  }));
}

const isOpen = sql`${tasks.status} IN ('pending', 'claimed')`;

/** Answered by `workflow_tasks_form` alone. */
async function countOpenTasks(tenant: string | null, formIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (formIds.length === 0) return new Map();
  const rows = await openTasksByVersion(tenant, formIds);
  return new Map(rows.map(({ formId, open }) => [formId, open]));
}

/** The query of the counts, for its test as well. */
export function openTasksByVersion(tenant: string | null, formIds: readonly string[]) {
  const ofTenant = tenant === null ? undefined : eq(tasks.tenantId, tenant);
  return pageDb()
    .select({ formId: tasks.formId, open: count() })
    .from(tasks)
    .where(and(inArray(tasks.formId, [...formIds]), ofTenant, isOpen))
    .groupBy(tasks.formId);
}

export interface OpenTaskRow {
  readonly taskId: string;
  readonly title: string;
  readonly createdAt: string;
}

const SHOWN_TASKS = 50;

/** Open tasks of the tenant that were created with this version, oldest first. */
export async function listOpenTasks(query: {
  readonly tenant: string;
  readonly formId: string;
}): Promise<readonly OpenTaskRow[]> {
  const rows = await pageDb()
    .select({ taskId: tasks.taskId, title: tasks.title, createdAt: tasks.createdAt })
    .from(tasks)
    .where(and(eq(tasks.formId, query.formId), eq(tasks.tenantId, query.tenant), isOpen))
    .orderBy(asc(tasks.taskId))
    .limit(SHOWN_TASKS);
  return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));
}

/** Whether a form is being written, and by whom last. */
export async function getDraftState({ tenant, scope, name }: FormAddress): Promise<{
  readonly savedAt: string;
  readonly savedByName: string | null;
} | null> {
  const [row] = await pageDb()
    .select({ savedAt: drafts.savedAt, savedByName: nameOfUser(sql`${drafts.savedBy}`) })
    .from(drafts)
    .where(and(draftOf(tenant, scope), eq(drafts.formName, name)));
  return row ? { savedAt: row.savedAt.toISOString(), savedByName: row.savedByName } : null;
}

export const draftOf = (tenant: string | null, scope: Scope) =>
  scope === 'system' || tenant === null ? isNull(drafts.tenantId) : eq(drafts.tenantId, tenant);
