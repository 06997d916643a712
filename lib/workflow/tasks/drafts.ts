/** What somebody typed into a task's form and did not send yet. Unchecked, and nobody else's business. */
import { InvalidInputError } from '../model/errors';
import type { JsonObject } from '../model/json';
import type { TaskDraft, TaskDraftStore } from '../model/ports/taskStore';
import { assertMayDecide, assertNotHeldByOther, assertOpen, isAddressable, readTask } from './checks';
import type { TaskDeps, TaskRequest } from './deps';

export interface DraftDeps extends Pick<TaskDeps, 'tasks'> {
  readonly drafts: TaskDraftStore;
}

/** Longest draft, in characters of JSON. An answer may be no longer. */
const maxDraftLength = 1_000_000;

/**
 * Keeps what a person typed, in place of what they had typed before. Whoever could send it may keep it.
 * @throws InvalidInputError (too long), TaskNotFoundError, TaskForbiddenError, TaskConflictError (ended, or held by
 *   somebody else).
 */
export async function saveDraft(
  deps: DraftDeps,
  request: TaskRequest & { readonly data: JsonObject },
): Promise<{ readonly savedAt: string }> {
  const { tenant, taskId, userId, data } = request;
  if (JSON.stringify(data).length > maxDraftLength) throw new InvalidInputError('This is too long to be kept.');
  await assertMayType(deps, request);
  const saved = await deps.drafts.save({ tenant, taskId, userId, data });
  if (saved) return { savedAt: new Date(saved.savedAtMs).toISOString() };
  await assertMayType(deps, request);
  throw new InvalidInputError('The draft was not kept. Try again.');
}

/** One's own draft, or null. */
export async function readDraft(deps: DraftDeps, request: TaskRequest): Promise<TaskDraft | null> {
  const { tenant, taskId, userId } = request;
  return isAddressable(taskId) ? deps.drafts.read({ tenant, taskId, userId }) : null;
}

/** Throws one's own draft away. */
export async function dropDraft(deps: DraftDeps, request: TaskRequest): Promise<void> {
  const { tenant, taskId, userId } = request;
  if (isAddressable(taskId)) await deps.drafts.drop({ tenant, taskId, userId });
}

async function assertMayType(deps: DraftDeps, request: TaskRequest): Promise<void> {
  const task = await readTask(deps, request);
  assertMayDecide(task, request);
  assertNotHeldByOther(task, request);
  assertOpen(task, request);
}
