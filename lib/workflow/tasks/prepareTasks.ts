import { v7 as newId } from 'uuid';
import { findMissingKeys } from '../../forms/projection';
import { instantMs } from '../model/durations';
import { InvalidInputError, recordError, UnknownTaskTypeError, ValidationFailedError } from '../model/errors';
import { defaultCompletionEvent } from '../model/events';
import type { CreatedTask } from '../model/history';
import type { NewTaskRow, PreparedTask, TaskPreparer, TaskToPrepare } from '../model/ports/tasks';
import type { TaskDefinition, TaskDefinitionStore, TaskForm } from '../model/ports/taskStore';
import { fingerprintOf } from './fingerprint';
import { excludedPeople } from './fourEyes';
import { listOf } from './lists';
import { timesOf } from './taskTimes';

/**
 * Turns `createHumanTask` calls into rows for the engine's next commit: the tenant's definition, else the system's,
 * the newest version of its form, candidates, times, and what the context data lacks. One query for a whole batch; a
 * call that cannot be served is refused with an error that its workflow catches, and does not disturb the others.
 */
export function createTaskPreparer({ definitions }: { readonly definitions: TaskDefinitionStore }): TaskPreparer {
  return {
    prepare: async (requests) => {
      const wanted = requests.map(({ tenant, request }) => ({ tenant, taskType: String(request.taskType) }));
      const found = await definitions.find({ wanted });
      return requests.map((request, index) => prepareOne(request, found[index] ?? null));
    },
  };
}

function prepareOne(task: TaskToPrepare, definition: TaskDefinition | null): PreparedTask {
  try {
    return { ok: true, ...rowOf(task, definition) };
  } catch (error) {
    return { ok: false, error: recordError(error) };
  }
}

/** Who may decide where neither the call nor the definition names anybody. */
const lastResort = 'administrator';

function rowOf(
  task: TaskToPrepare,
  definition: TaskDefinition | null,
): { readonly created: CreatedTask; readonly row: NewTaskRow } {
  const { request, nowMs, requestedBy } = task;
  assertTaskType(request);
  if (!definition) throw new UnknownTaskTypeError(request.taskType);
  const form = formOf(definition);
  const taskId = newId();
  const candidates = candidatesOf(task, definition);
  const due = request.dueDate ?? definition.defaultDue;
  const contextData = request.contextData ?? {};
  const { expiresAtMs, planned } = timesOf(task, form);
  const warnings = [...warningsOf(task, form), ...candidates.warnings];
  const row: NewTaskRow = {
    taskId,
    taskType: definition.taskType,
    taskDefinitionType: definition.type,
    tenantTaskDefinitionId: definition.tenantTaskDefinitionId,
    systemTaskDefinitionTaskType: definition.type === 'system' ? definition.taskType : null,
    formType: form.type,
    formId: form.formId,
    formVersion: form.version,
    title: titleOf(request.title, definition),
    description: request.description ?? null,
    priority: priorityOf(task, definition),
    candidateRoles: candidates.roles,
    candidateUsers: candidates.users,
    excludedUsers: excludedPeople(task),
    requestedBy,
    subject: request.subject ?? task.subject,
    fingerprint: null,
    contextData,
    warnings,
    completionEvent: request.completionEvent ?? definition.completionEvent ?? defaultCompletionEvent(taskId),
    dueAtMs: due === null ? null : instantMs(due, nowMs),
    followUpAtMs: request.followUp === undefined ? null : instantMs(request.followUp, nowMs),
    expiresAtMs,
  };
  const fingerprint = fingerprintOf(request.fingerprint, row);
  return { row: { ...row, fingerprint }, created: { ...createdOf(row), ...planned } };
}

function createdOf(row: NewTaskRow): CreatedTask {
  const { taskId, taskType, title, completionEvent, formVersion, candidateRoles, candidateUsers, warnings } = row;
  return {
    taskId,
    taskType,
    title,
    completionEvent,
    formVersion,
    candidateRoles,
    candidateUsers,
    dueAt: isoOf(row.dueAtMs),
    expiresAt: isoOf(row.expiresAtMs),
    warnings,
  };
}

function assertTaskType({ taskType }: TaskToPrepare['request']): void {
  if (typeof taskType === 'string' && taskType.trim() !== '') return;
  throw new ValidationFailedError('createHumanTask needs "taskType", the name of a task definition.', {
    fieldErrors: [{ path: '/taskType', message: 'Required.' }],
  });
}

/** Without a title (the log then holds the type in its place) a task is called what such tasks are called. */
function titleOf(title: unknown, { name, taskType }: TaskDefinition): string {
  return typeof title === 'string' && title.trim() !== '' && title !== taskType ? title : name;
}

function formOf({ form, taskType, formName }: TaskDefinition): TaskForm {
  if (form) return form;
  throw new InvalidInputError(`Task definition "${taskType}" names the form "${formName}", which does not exist.`);
}

function candidatesOf({ request }: TaskToPrepare, { defaultRoles }: TaskDefinition) {
  const { assignTo } = request;
  const named = { roles: listOf(assignTo?.roles, 'assignTo.roles'), users: listOf(assignTo?.users, 'assignTo.users') };
  if (named.roles.length + named.users.length > 0) return { ...named, warnings: [] };
  if (defaultRoles.length > 0) return { roles: defaultRoles, users: [], warnings: [] };
  const warning = `Nobody is named to do this task: it went to the role "${lastResort}".`;
  return { roles: [lastResort], users: [], warnings: [warning] };
}

function warningsOf({ request }: TaskToPrepare, form: TaskForm): string[] {
  const missing = findMissingKeys(form, request.contextData ?? {});
  if (missing.length === 0) return [];
  if (request.strict) {
    throw new ValidationFailedError(
      `The form of task type "${request.taskType}" needs context data that is missing: ${missing.join(', ')}.`,
      { fieldErrors: missing.map((key) => ({ path: `/contextData/${key}`, message: 'Missing.' })) },
    );
  }
  return missing;
}

const priorities: readonly NewTaskRow['priority'][] = ['low', 'normal', 'high', 'urgent'];

function priorityOf({ request }: TaskToPrepare, { defaultPriority }: TaskDefinition): NewTaskRow['priority'] {
  const priority = request.priority ?? defaultPriority;
  if (priorities.includes(priority)) return priority;
  throw new InvalidInputError(`"${String(priority)}" is no priority. Use ${priorities.join(', ')}.`);
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
