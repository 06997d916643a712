/** Human tasks, their definitions and forms. System rows are shared by all tenants; tenant rows carry their tenant. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { JsonObject, JsonValue } from '@shared/workflow/model/json';
import type { TaskBefore } from '@shared/workflow/model/ports/taskStore';
import type { TaskStatus } from '@shared/workflow/model/status';
import { instant, jsonText } from './columns';

const formColumns = {
  /** Identifies one immutable version. */
  formId: uuid('form_id').primaryKey(),
  name: text('name').notNull(),
  version: integer('version').notNull(),
  description: text('description'),
  jsonSchema: jsonText<JsonObject>('json_schema').notNull(),
  uiSchema: jsonText<JsonObject>('ui_schema').notNull(),
  /** Context data that its author tried it with: says which keys its templates may name. */
  sampleContext: jsonText<JsonObject>('sample_context'),
  /** Who published it in the console; null: it came with the product. */
  publishedBy: text('published_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
};

export const systemWorkflowFormDefinitions = pgTable('system_workflow_form_definitions', formColumns, (t) => [
  unique('system_workflow_form_definitions_version').on(t.name, t.version),
]);

export const workflowFormDefinitions = pgTable(
  'workflow_form_definitions',
  { ...formColumns, tenantId: text('tenant_id').notNull() },
  (t) => [unique('workflow_form_definitions_version').on(t.tenantId, t.name, t.version)],
);

/**
 * The next version of a form while it is written: texts, which need not be JSON yet. One for each form, shared by all
 * who may write it; publishing makes a version of it and deletes it.
 */
export const workflowFormDrafts = pgTable(
  'workflow_form_drafts',
  {
    draftId: uuid('draft_id').primaryKey(),
    /** null: a form of the system. */
    tenantId: text('tenant_id'),
    formName: text('form_name').notNull(),
    jsonSchema: text('json_schema').notNull(),
    uiSchema: text('ui_schema').notNull(),
    sampleContext: text('sample_context').notNull(),
    /** Counts saves; a save made from an older one is refused. */
    revision: integer('revision').notNull(),
    savedBy: text('saved_by').notNull(),
    savedAt: instant('saved_at').notNull().defaultNow(),
  },
  (t) => [unique('workflow_form_drafts_form').on(t.tenantId, t.formName).nullsNotDistinct()],
);

const taskDefinitionColumns = {
  name: text('name').notNull(),
  description: text('description'),
  /** Which table the form's name is looked up in; its newest version is pinned when a task is created. */
  formType: text('form_type').$type<'system' | 'tenant'>().notNull(),
  formName: text('form_name').notNull(),
  /** Work roles whose members are candidates unless the call names others. */
  defaultRoles: text('default_roles')
    .array()
    .notNull()
    .default(sql`'{}'::text[]`),
  defaultPriority: text('default_priority').$type<'low' | 'normal' | 'high' | 'urgent'>().notNull().default('normal'),
  /** A duration such as `2 days`, counted from creation. */
  defaultDue: text('default_due'),
  /** Name of the event that tells the workflow of the task's end; null: `Task:<taskId>:Complete`. */
  completionEvent: text('completion_event'),
  /** Counts changes; a change made from an older one is refused. */
  revision: integer('revision').notNull().default(1),
  /** Who wrote or changed it last in the console; null: it is as the product has it. */
  editedBy: text('edited_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
};

export const systemWorkflowTaskDefinitions = pgTable('system_workflow_task_definitions', {
  taskType: text('task_type').primaryKey(),
  ...taskDefinitionColumns,
});

export const workflowTaskDefinitions = pgTable(
  'workflow_task_definitions',
  {
    taskDefinitionId: uuid('task_definition_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    taskType: text('task_type').notNull(),
    ...taskDefinitionColumns,
  },
  (t) => [unique('workflow_task_definitions_type').on(t.tenantId, t.taskType)],
);

/** What ends a word, besides space. */
const wordSeparators = '-_./:#@,';

/**
 * The words by which a task is found: of its title, what it is about, who asked, and the texts of its context.
 * The index and every search must say exactly the same.
 * @param of the task's table or alias, with its dot; nothing in the index.
 */
export const taskWords = (of = ''): string => {
  const named = ['title', 'subject', 'requested_by'].map((column) => `left(coalesce(${of}${column}, ''), 1000)`);
  // Hyphens would make negative numbers of the digits behind them, and dots and slashes addresses.
  const plain = `translate(${named.join(` || ' ' || `)}, '${wordSeparators}', '${wordSeparators.replaceAll(/./g, ' ')}')`;
  // What is longer than this cannot be indexed.
  const texts = `CASE WHEN octet_length(${of}context_data::text) < 100000
    THEN json_to_tsvector('simple', ${of}context_data, '["string"]') ELSE ''::tsvector END`;
  return `(to_tsvector('simple', ${plain}) || ${texts})`;
};

/**
 * When a task is due, for the order of lists: those without a date come last, and all dates compare with each other, so
 * that a page can begin behind any row. The index and every list must say exactly the same.
 */
export const dueOrder = (of = ''): string => `coalesce(${of}due_at, 'infinity'::timestamptz)`;

export const workflowTasks = pgTable(
  'workflow_tasks',
  {
    taskId: uuid('task_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    commandId: text('command_id').notNull(),
    taskType: text('task_type').notNull(),
    taskDefinitionType: text('task_definition_type').$type<'system' | 'tenant'>().notNull(),
    tenantTaskDefinitionId: uuid('tenant_task_definition_id').references(
      () => workflowTaskDefinitions.taskDefinitionId,
    ),
    systemTaskDefinitionTaskType: text('system_task_definition_task_type'),
    formType: text('form_type').$type<'system' | 'tenant'>().notNull(),
    /** The pinned, immutable form version. */
    formId: uuid('form_id').notNull(),
    formVersion: integer('form_version').notNull(),
    title: text('title').notNull(),
    description: text('description'),
    status: text('status').$type<TaskStatus>().notNull(),
    priority: text('priority').$type<'low' | 'normal' | 'high' | 'urgent'>().notNull(),
    /** Candidates: members of these roles, or these people. */
    candidateRoles: text('candidate_roles').array().notNull(),
    candidateUsers: text('candidate_users').array().notNull(),
    /** People who may not decide (four eyes). */
    excludedUsers: text('excluded_users').array().notNull(),
    assignee: text('assignee'),
    /** Who decides while somebody else works on the task for them: it was delegated and comes back. */
    owner: text('owner'),
    /** An open question to somebody: the task stays where it is meanwhile. */
    questionTo: text('question_to'),
    questionBy: text('question_by'),
    question: text('question'),
    requestedBy: text('requested_by'),
    subject: text('subject'),
    /** Of its execution, by a trigger: the inbox is narrowed by it. */
    workflowName: text('workflow_name'),
    /** Open tasks of a tenant with the same one are one to people. */
    fingerprint: text('fingerprint'),
    contextData: jsonText<JsonObject>('context_data').notNull(),
    /** Template keys that the workflow did not supply, found at creation. */
    warnings: jsonText<string[]>('warnings').notNull(),
    completionEvent: text('completion_event').notNull(),
    outcome: text('outcome'),
    output: jsonText<JsonValue>('output'),
    endedBy: text('ended_by'),
    /** The task's id in the log of its execution, where that is another: in a fork, which copied the log. */
    loggedTaskId: uuid('logged_task_id'),
    /** Counts changes; a change made from an older version is refused. */
    version: integer('version').notNull().default(1),
    dueAt: instant('due_at'),
    /** When whoever holds it wants to look at it again. */
    followUpAt: instant('follow_up_at'),
    expiresAt: instant('expires_at'),
    /** Its time ran out: the engine is ending it, nobody can complete it any more. */
    closingAt: instant('closing_at'),
    createdAt: instant('created_at').notNull(),
    claimedAt: instant('claimed_at'),
    endedAt: instant('ended_at'),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.systemTaskDefinitionTaskType],
      foreignColumns: [systemWorkflowTaskDefinitions.taskType],
      name: 'workflow_tasks_system_definition_fk',
    }),
    unique('workflow_tasks_command').on(t.executionId, t.commandId),
    index('workflow_tasks_open')
      .on(t.tenantId, t.createdAt)
      .where(sql`${t.status} IN ('pending', 'claimed')`),
    // The inbox: by what is due first, by who may take it, by who has it, by who ended it.
    index('workflow_tasks_due')
      .on(t.tenantId, sql.raw(dueOrder()), t.createdAt, t.taskId)
      .where(sql`${t.status} IN ('pending', 'claimed')`),
    index('workflow_tasks_found')
      .using('gin', t.candidateRoles, t.candidateUsers, sql.raw(taskWords()))
      .where(sql`${t.status} IN ('pending', 'claimed')`),
    index('workflow_tasks_assignee')
      .on(t.tenantId, t.assignee)
      .where(sql`${t.status} = 'claimed'`),
    index('workflow_tasks_owner')
      .on(t.tenantId, t.owner)
      .where(sql`${t.status} = 'claimed' AND ${t.owner} IS NOT NULL`),
    index('workflow_tasks_question')
      .on(t.tenantId, t.questionTo)
      .where(sql`${t.status} = 'claimed' AND ${t.questionTo} IS NOT NULL`),
    index('workflow_tasks_ended')
      .on(t.tenantId, t.endedBy, t.endedAt, t.taskId)
      .where(sql`${t.status} IN ('completed', 'declined')`),
    // Which open tasks use a version of a form: of one tenant, and of all for the platform.
    index('workflow_tasks_form')
      .on(t.formId, t.tenantId, t.taskId)
      .where(sql`${t.status} IN ('pending', 'claimed')`),
    index('workflow_tasks_recent').on(t.tenantId, t.createdAt.desc()),
    index('workflow_tasks_alike')
      .on(t.tenantId, t.fingerprint, t.createdAt, t.taskId)
      .where(sql`${t.status} IN ('pending', 'claimed') AND ${t.fingerprint} IS NOT NULL`),
  ],
);

/**
 * What somebody typed into a task's form and did not send: private to them and unchecked. A trigger deletes all drafts
 * of a task that ends, whatever ends it.
 */
export const workflowTaskDrafts = pgTable(
  'workflow_task_drafts',
  {
    taskId: uuid('task_id').notNull(),
    userId: text('user_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    data: jsonText<JsonObject>('data').notNull(),
    savedAt: instant('saved_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.taskId, t.userId] })],
);

/** A view of the inbox that somebody named: what they look for again and again. Theirs alone. */
export const inboxSavedViews = pgTable(
  'inbox_saved_views',
  {
    viewId: uuid('view_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    /** The address of the inbox that shows it, from its question mark on: `view=groups&due=overdue`. */
    query: text('query').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [unique('inbox_saved_views_name').on(t.tenantId, t.userId, t.name)],
);

/** Every change of a task, in the change's own transaction. Creation and end are in the execution's log as well. */
export const workflowTaskActivity = pgTable(
  'workflow_task_activity',
  {
    activityId: bigint('activity_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    tenantId: text('tenant_id').notNull(),
    taskId: uuid('task_id').notNull(),
    kind: text('kind').notNull(),
    actor: text('actor'),
    detail: jsonText<JsonObject>('detail'),
    /** Of the task, with this change; null for what does not count as one. */
    version: integer('version'),
    /** How the task was held before, where whoever did this may take it back. */
    before: jsonText<TaskBefore>('before'),
    at: instant('at').notNull().defaultNow(),
  },
  (t) => [index('workflow_task_activity_task').on(t.taskId, t.at)],
);
