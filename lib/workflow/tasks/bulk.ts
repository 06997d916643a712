/** The same act on many tasks: each is done or refused by itself, and every refusal is told with its reason. */
import type { BulkAnswer } from '../model/bulkAnswer';
import { BatonError, InvalidInputError } from '../model/errors';
import type { TaskActor } from '../model/ports/taskStore';
import type { TaskStatus } from '../model/status';
import { readTask } from './checks';
import { claimTask } from './claimTask';
import { completeTask } from './completeTask';
import type { HandoverDeps, TaskDeps, TaskRequest } from './deps';
import { assignTask } from './handOver';
import { releaseTask } from './releaseTask';
import { undoChange } from './undoChange';

/** So many tasks in one call. */
const maxBulk = 200;

export interface BulkRequest extends TaskActor {
  readonly taskIds: readonly string[];
}

/** @throws InvalidInputError for no task, or too many. */
export function claimTasks(deps: TaskDeps, request: BulkRequest): Promise<readonly BulkAnswer[]> {
  return each(request, (task) => claimTask(deps, task));
}

/** @throws InvalidInputError for no task, or too many. */
export function releaseTasks(deps: TaskDeps, request: BulkRequest): Promise<readonly BulkAnswer[]> {
  return each(request, (task) => releaseTask(deps, task));
}

/** @throws InvalidInputError for no task, or too many. */
export function assignTasks(
  deps: HandoverDeps,
  { to, note, ...request }: BulkRequest & { readonly to: string; readonly note?: string | null | undefined },
): Promise<readonly BulkAnswer[]> {
  return each(request, (task) => assignTask(deps, { ...task, to, note }));
}

/**
 * Takes back what the caller has just done to many tasks.
 * @throws InvalidInputError for no task, or too many.
 */
export function undoChanges(
  deps: HandoverDeps,
  {
    changes,
    ...actor
  }: TaskActor & { readonly changes: readonly { readonly taskId: string; readonly version: number }[] },
): Promise<readonly BulkAnswer[]> {
  const versions = new Map(changes.map(({ taskId, version }) => [taskId, version]));
  return each({ ...actor, taskIds: [...versions.keys()] }, (task) =>
    undoChange(deps, { ...task, version: versions.get(task.taskId) ?? 0 }),
  );
}

/**
 * Gives one answer to many tasks; it is checked against each task's own context.
 * @throws InvalidInputError for no task, too many, or tasks whose forms are not the same version of the same form: then
 *   nothing is done.
 */
export async function completeTasks(
  deps: TaskDeps,
  { outcome, data, ...request }: BulkRequest & { readonly outcome: string | null; readonly data: unknown },
): Promise<readonly BulkAnswer[]> {
  await assertOneForm(deps, request);
  // One answer may end several of those that are asked for.
  const ended = new Map<string, { readonly status: TaskStatus; readonly version: number }>();
  return each(request, async (task) => {
    const before = ended.get(task.taskId);
    if (before) return before;
    const result = await completeTask(deps, { ...task, outcome, data });
    for (const taskId of result.also) ended.set(taskId, await readTask(deps, { ...task, taskId }));
    return result;
  });
}

async function assertOneForm(deps: TaskDeps, request: BulkRequest): Promise<void> {
  const forms = new Set<string>();
  for (const taskId of idsOf(request)) {
    const task = await readTask(deps, { ...request, taskId }).catch(refusal);
    if (!(task instanceof BatonError)) forms.add(task.form.formId);
  }
  if (forms.size > 1) {
    throw new InvalidInputError(
      'These tasks do not ask the same: they have different forms, or versions of a form. Answer those of one form at a time.',
    );
  }
}

/** One after the other: a person's own tasks should not wait for each other's locks. */
async function each(
  request: BulkRequest,
  act: (task: TaskRequest) => Promise<{ readonly status: TaskStatus; readonly version: number }>,
): Promise<readonly BulkAnswer[]> {
  const { tenant, userId, roles } = request;
  const answers: BulkAnswer[] = [];
  for (const taskId of idsOf(request)) {
    const result = await act({ tenant, userId, roles, taskId }).catch(refusal);
    answers.push(
      result instanceof BatonError
        ? { taskId, ok: false, code: result.code, message: result.message, ...fieldErrorsOf(result) }
        : { taskId, ok: true, status: result.status, version: result.version },
    );
  }
  return answers;
}

function idsOf({ taskIds }: BulkRequest): readonly string[] {
  const ids = [...new Set(taskIds)];
  if (ids.length === 0) throw new InvalidInputError('Name at least one task.');
  if (ids.length > maxBulk) throw new InvalidInputError(`Name ${maxBulk} tasks at most.`);
  return ids;
}

/** What a person can act on is told for its task; anything else ends the whole. */
function refusal(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  throw error;
}

const fieldErrorsOf = ({ fieldErrors }: BatonError) => (fieldErrors ? { fieldErrors } : {});
