/** One task as its page shows it: what is asked, what may be answered, and what happened to it so far. */
import { and, asc, eq, sql } from 'drizzle-orm';
import { projectForm } from '../forms/projection';
import { outcomesOf } from '../forms/outcomes';
import { checkForm } from '../forms/server/validator';
import type { FormProjection, Outcome } from '../forms/types';
import type { JsonObject, JsonValue } from '@shared/workflow/model/json';
import { isOpenTask, type TaskStatus } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import { formatInvoiceNumber } from '../invoices/amounts';
import {
  invoices,
  systemWorkflowFormDefinitions,
  workflowBusEvents,
  workflowExecutions,
  workflowFormDefinitions,
  workflowTaskActivity,
  workflowTaskDrafts,
  workflowTasks,
} from '../db/schema';
import { readAlike, type AlikeTasks } from './alike';
import { roleNames } from './members';
import { namesOf } from './people';
import { taskAccess, type TaskAccess, type TaskReader } from './task-access';
import { isUuid } from './uuid';

export interface TaskForm {
  /** The pinned version: the same id is always the same form. */
  readonly formId: string;
  readonly version: number;
  readonly jsonSchema: JsonObject;
  readonly uiSchema: JsonObject;
  readonly projection: FormProjection;
  readonly outcomes: readonly Outcome[];
  /** False: no answer to it is ever accepted, and drawing it may break the page. Only an older version let it through. */
  readonly isUsable: boolean;
}

export interface TaskActivity {
  readonly activityId: number;
  readonly kind: string;
  /** null: the software did it. */
  readonly actorName: string | null;
  readonly byReader: boolean;
  /** Who was handed the task, or asked. */
  readonly toName: string | null;
  readonly isToReader: boolean;
  /** What was written: a comment, a reason, a note, a question, its answer. */
  readonly text: string | null;
  readonly detail: TaskActivityDetail;
  readonly at: string;
}

export interface TaskActivityDetail {
  /** From whom somebody else took it. */
  readonly fromName: string | null;
  /** What was decided, as the button said it. */
  readonly outcomeTitle: string | null;
  /** How many tasks this one answer ended, this one included; null: this one alone. */
  readonly together: number | null;
  /** Roles and people to whom it was escalated. */
  readonly toNames: readonly string[];
  /** The kind of what was taken back. */
  readonly undone: string | null;
  /** What was planned anew; null takes a date away. */
  readonly plan: {
    readonly priority?: string;
    readonly dueAt?: string | null;
    readonly followUpAt?: string | null;
  } | null;
}

export interface TaskView {
  /** As whom it was read. */
  readonly readerId: string;
  readonly taskId: string;
  readonly executionId: string;
  readonly title: string;
  readonly description: string | null;
  readonly status: TaskStatus;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly version: number;
  readonly access: TaskAccess;
  readonly createdAt: string;
  readonly dueAt: string | null;
  readonly followUpAt: string | null;
  readonly expiresAt: string | null;
  readonly claimedAt: string | null;
  readonly endedAt: string | null;
  readonly assigneeName: string | null;
  readonly ownerName: string | null;
  /** An open question about it. */
  readonly question: { readonly toName: string; readonly byName: string; readonly text: string } | null;
  readonly endedByName: string | null;
  readonly endedByReader: boolean;
  readonly requestedByName: string | null;
  readonly candidateRoles: readonly string[];
  /** What the tenant calls the role through which the reader is a candidate. */
  readonly throughRoleName: string | null;
  readonly subject: string | null;
  readonly invoice: { readonly id: string; readonly number: string } | null;
  readonly outcome: string | null;
  /** The verb that was chosen, as its button said it. */
  readonly outcomeTitle: string | null;
  readonly output: JsonValue | null;
  /** null: the form's row is gone, which only a damaged database can cause. */
  readonly form: TaskForm | null;
  readonly activity: readonly TaskActivity[];
  /** What the reader typed and did not send. */
  readonly draft: JsonObject | null;
  /** What else the reader's answer ends. */
  readonly alike: AlikeTasks | null;
}

/**
 * One task of the tenant, or null when the tenant has none with this id. Look at `access.mayRead` before showing it.
 * @param taskId text from an address: anything that is no UUID finds nothing.
 */
export async function getTask({
  tenant,
  taskId,
  reader,
}: {
  readonly tenant: string;
  readonly taskId: string;
  readonly reader: TaskReader;
}): Promise<TaskView | null> {
  if (!isUuid(taskId)) return null;
  const [row] = await pageDb()
    .select({ task: workflowTasks, invoiceId: invoices.id, invoiceNumber: invoices.number })
    .from(workflowTasks)
    .leftJoin(
      workflowExecutions,
      and(
        eq(workflowExecutions.executionId, workflowTasks.executionId),
        eq(workflowExecutions.partitionId, workflowTasks.partitionId),
      ),
    )
    .leftJoin(workflowBusEvents, eq(workflowBusEvents.eventId, workflowExecutions.startedByEventId))
    .leftJoin(
      invoices,
      and(
        eq(invoices.tenantId, workflowTasks.tenantId),
        sql`${invoices.id} = ${workflowBusEvents.payload}->>'invoiceId'`,
      ),
    )
    .where(and(eq(workflowTasks.tenantId, tenant), eq(workflowTasks.taskId, taskId)));
  if (!row) return null;
  const { task } = row;
  const access = taskAccess({ ...task, isClosing: task.closingAt !== null }, reader);
  const [form, roles, activity, draft, alike] = await Promise.all([
    loadForm({ tenant, task }),
    roleNames(tenant),
    loadActivity({ tenant, taskId }),
    access.mayDecide || !isOpenTask(task.status) ? loadDraft({ tenant, taskId, userId: reader.userId }) : null,
    task.fingerprint !== null && isOpenTask(task.status) ? readAlike({ tenant, taskId, userId: reader.userId }) : null,
  ]);
  const names = await namesOf({
    tenant,
    userIds: [
      task.assignee,
      task.owner,
      task.questionTo,
      task.questionBy,
      task.endedBy,
      task.requestedBy,
      ...activity.flatMap(({ actor, detail }) => [
        actor,
        textOf(detail, 'to'),
        textOf(detail, 'from'),
        ...textsOf(detail, 'users'),
      ]),
    ],
  });
  const nameOf = (userId: string | null) => (userId === null ? null : names.of(userId));
  const titleOf = (outcome: string | null) =>
    outcome === null ? null : (form?.outcomes.find(({ value }) => value === outcome)?.title ?? outcome);
  return {
    readerId: reader.userId,
    taskId: task.taskId,
    executionId: task.executionId,
    title: task.title,
    description: task.description,
    status: task.status,
    priority: task.priority,
    version: task.version,
    access: { ...access, mayRead: access.mayRead || activity.some((each) => isQuestionTo(reader.userId, each)) },
    createdAt: task.createdAt.toISOString(),
    dueAt: task.dueAt?.toISOString() ?? null,
    followUpAt: task.followUpAt?.toISOString() ?? null,
    expiresAt: task.expiresAt?.toISOString() ?? null,
    claimedAt: task.claimedAt?.toISOString() ?? null,
    endedAt: task.endedAt?.toISOString() ?? null,
    assigneeName: nameOf(task.assignee),
    ownerName: nameOf(task.owner),
    question:
      task.questionTo === null || task.question === null
        ? null
        : { toName: names.of(task.questionTo), byName: names.of(task.questionBy ?? ''), text: task.question },
    endedByName: nameOf(task.endedBy),
    endedByReader: task.endedBy === reader.userId,
    requestedByName: nameOf(task.requestedBy),
    candidateRoles: task.candidateRoles,
    throughRoleName: access.throughRole === null ? null : roles.of(access.throughRole),
    subject: task.subject,
    invoice:
      row.invoiceId === null || row.invoiceNumber === null
        ? null
        : { id: row.invoiceId, number: formatInvoiceNumber(row.invoiceNumber) },
    outcome: task.outcome,
    outcomeTitle: titleOf(task.outcome),
    output: task.output,
    form,
    draft,
    alike,
    activity: activity.map((entry) => ({
      activityId: entry.activityId,
      kind: entry.kind,
      actorName: nameOf(entry.actor),
      byReader: entry.actor === reader.userId,
      toName: nameOf(textOf(entry.detail, 'to')),
      isToReader: textOf(entry.detail, 'to') === reader.userId,
      text: textOf(entry.detail, 'text'),
      detail: {
        fromName: textOf(entry.detail, 'from') === entry.actor ? null : nameOf(textOf(entry.detail, 'from')),
        outcomeTitle: titleOf(textOf(entry.detail, 'outcome')),
        together: typeof entry.detail?.together === 'number' ? entry.detail.together : null,
        toNames: [
          ...textsOf(entry.detail, 'roles').map(roles.of),
          ...textsOf(entry.detail, 'users').map((userId) => names.of(userId)),
        ],
        undone: entry.kind === 'undone' ? textOf(entry.detail, 'of') : null,
        plan: entry.kind === 'planned' ? (entry.detail as TaskActivityDetail['plan']) : null,
      },
      at: entry.at.toISOString(),
    })),
  };
}

async function loadForm({
  tenant,
  task,
}: {
  readonly tenant: string;
  readonly task: typeof workflowTasks.$inferSelect;
}): Promise<TaskForm | null> {
  const db = pageDb();
  const [row] =
    task.formType === 'system'
      ? await db
          .select({
            jsonSchema: systemWorkflowFormDefinitions.jsonSchema,
            uiSchema: systemWorkflowFormDefinitions.uiSchema,
          })
          .from(systemWorkflowFormDefinitions)
          .where(eq(systemWorkflowFormDefinitions.formId, task.formId))
      : await db
          .select({ jsonSchema: workflowFormDefinitions.jsonSchema, uiSchema: workflowFormDefinitions.uiSchema })
          .from(workflowFormDefinitions)
          .where(and(eq(workflowFormDefinitions.formId, task.formId), eq(workflowFormDefinitions.tenantId, tenant)));
  if (!row) return null;
  return {
    formId: task.formId,
    version: task.formVersion,
    jsonSchema: row.jsonSchema,
    uiSchema: row.uiSchema,
    projection: projectForm(row, task.contextData),
    outcomes: outcomesOf(row),
    isUsable: checkForm(row).length === 0,
  };
}

async function loadDraft(query: { readonly tenant: string; readonly taskId: string; readonly userId: string }) {
  const { tenant, taskId, userId } = query;
  const [row] = await pageDb()
    .select({ data: workflowTaskDrafts.data })
    .from(workflowTaskDrafts)
    .where(
      and(
        eq(workflowTaskDrafts.tenantId, tenant),
        eq(workflowTaskDrafts.taskId, taskId),
        eq(workflowTaskDrafts.userId, userId),
      ),
    );
  return row?.data ?? null;
}

async function loadActivity({ tenant, taskId }: { readonly tenant: string; readonly taskId: string }) {
  return pageDb()
    .select()
    .from(workflowTaskActivity)
    .where(and(eq(workflowTaskActivity.tenantId, tenant), eq(workflowTaskActivity.taskId, taskId)))
    .orderBy(asc(workflowTaskActivity.at), asc(workflowTaskActivity.activityId));
}

/** Whoever was asked about a task may read it from then on. */
const isQuestionTo = (
  userId: string,
  { kind, detail }: { readonly kind: string; readonly detail: JsonObject | null },
) => kind === 'info_requested' && textOf(detail, 'to') === userId;

function textOf(detail: JsonObject | null, key: string): string | null {
  const value = detail?.[key];
  return typeof value === 'string' ? value : null;
}

function textsOf(detail: JsonObject | null, key: string): readonly string[] {
  const value = detail?.[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
