import { defaultCompletionEvent } from '../../model/events';
import type { PreparedTask, TaskToPrepare } from '../../model/ports/tasks';
import type { TaskForm } from '../../model/ports/taskStore';
import { timesOf } from '../../tasks/taskTimes';

const form: TaskForm = {
  type: 'system',
  formId: 'review',
  version: 1,
  jsonSchema: {
    type: 'object',
    'x-outcomes': [
      { value: 'approve', title: 'Approve' },
      { value: 'reject', title: 'Reject' },
    ],
  },
  uiSchema: {},
};

/** Turns a request into a task without looking anything up; ids count up, so that equal seeds have equal ids. */
export function prepareTask(task: TaskToPrepare, taskId: string): PreparedTask {
  const { request, requestedBy, subject } = task;
  const { expiresAtMs, planned } = timesOf(task, form);
  const { taskType } = request;
  const shared = {
    taskId,
    taskType,
    title: request.title,
    completionEvent: request.completionEvent ?? defaultCompletionEvent(taskId),
    formVersion: 1,
    candidateRoles: ['manager'],
    candidateUsers: [],
    warnings: [],
  };
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  return {
    ok: true,
    created: { ...shared, dueAt: null, expiresAt, ...planned },
    row: {
      ...shared,
      taskDefinitionType: 'system',
      tenantTaskDefinitionId: null,
      systemTaskDefinitionTaskType: taskType,
      formType: 'system',
      formId: taskType,
      description: null,
      priority: 'normal',
      excludedUsers: [],
      requestedBy,
      subject,
      fingerprint: request.fingerprint ?? null,
      contextData: {},
      dueAtMs: null,
      followUpAtMs: null,
      expiresAtMs,
    },
  };
}
