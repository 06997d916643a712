import { InvalidInputError, TaskConflictError } from '../model/errors';
import type { TaskSnapshot } from '../model/ports/taskStore';
import { assertOpen, changedMeanwhile, readTask } from './checks';
import { announceTask, resultOf, type HandoverDeps, type TaskRequest, type TaskResult } from './deps';

export interface UndoRequest extends Omit<TaskRequest, 'expectedVersion'> {
  /** The version that the change made, as its answer told. */
  readonly version: number;
}

/**
 * Takes back what the caller has just done to a task: a claim, release, assignment, delegation, return, forwarding or
 * plan. The task is then held as it was before, question and dates included. Only as long as nobody changed it since,
 * and for two minutes.
 * @throws TaskNotFoundError, InvalidInputError where there is nothing of the caller's to take back, TaskConflictError
 *   (who changed or ended it since, or that it is too late, or that who had it is gone).
 */
export async function undoChange(deps: HandoverDeps, request: UndoRequest): Promise<TaskResult> {
  const { tenant, userId, roles, taskId, version } = request;
  const check = async (task: TaskSnapshot) => {
    assertOpen(task, request);
    if (task.version !== version) throw await changedSince(deps, request, task);
  };
  await check(await readTask(deps, request));
  const deed = await deps.tasks.changeOf({ tenant, taskId, version });
  if (!deed?.before || deed.by !== userId) {
    throw new InvalidInputError('There is nothing here that you could take back.');
  }
  if (!deed.isRecent) throw new TaskConflictError('It is too late to take this back. Change the task anew.');
  const { before } = deed;
  if (before.assignee !== null && !(await deps.people.find({ tenant, userId: before.assignee }))) {
    throw new TaskConflictError('Who had this task before no longer works here. Give it to somebody else.');
  }
  const changed = await deps.tasks.takeBack({
    tenant,
    userId,
    roles,
    taskId,
    expectedVersion: version,
    deed: { activityId: deed.activityId, kind: deed.kind, before },
  });
  if (!changed) {
    const now = await readTask(deps, request);
    await check(now);
    throw changedMeanwhile(now, request);
  }
  await announceTask(deps, request);
  return resultOf(request, changed, before.status);
}

/** Says by whom, and who has the task now. */
async function changedSince(
  deps: HandoverDeps,
  { tenant, taskId, userId }: UndoRequest,
  { version, assignee, assigneeName }: TaskSnapshot,
): Promise<TaskConflictError> {
  const since = await deps.tasks.changeOf({ tenant, taskId, version });
  const who =
    since === null ? 'This task was changed' : `${since.by === userId ? 'You' : since.byName} changed this task`;
  const holder = assignee === null ? 'Nobody has it' : assignee === userId ? 'You have it' : `${assigneeName} has it`;
  return new TaskConflictError(`${who} since: it cannot be taken back any more. ${holder} now.`);
}
