import { instantMs } from '../../model/durations';
import { defaultCompletionEvent } from '../../model/events';
import type { PreparedTask, TaskToPrepare } from '../../model/ports/tasks';

/** Turns a request into a task without looking anything up; ids count up, so that equal seeds have equal ids. */
export function prepareTask({ request, nowMs, requestedBy, subject }: TaskToPrepare, taskId: string): PreparedTask {
  const expiresAtMs = request.expiresIn === undefined ? null : instantMs(request.expiresIn, nowMs);
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
    created: { ...shared, dueAt: null, expiresAt },
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
