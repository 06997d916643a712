/** Why somebody cannot do something with a task, in words for them. The statements of the store guard the same. */
import { TaskConflictError, TaskForbiddenError, TaskNotFoundError } from '../model/errors';
import type { ChangedTask, TaskActor, TaskSnapshot } from '../model/ports/taskStore';
import { isOpenTask } from '../model/status';
import type { TaskDeps, TaskRequest } from './deps';
import { assertSecondPerson } from './fourEyes';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An address that can belong to a task at all: anything else would be an error of the database. */
export function isAddressable(taskId: string): boolean {
  return uuidPattern.test(taskId);
}

/** The part of a request that a statement is guarded by. */
export function guarded({ tenant, userId, roles, taskId, expectedVersion }: TaskRequest) {
  return { tenant, userId, roles, taskId, ...(expectedVersion === undefined ? {} : { expectedVersion }) };
}

/** @throws TaskNotFoundError where the tenant has no such task. */
export async function readTask(deps: Pick<TaskDeps, 'tasks'>, request: TaskRequest): Promise<TaskSnapshot> {
  const { tenant, taskId } = request;
  const task = isAddressable(taskId) ? await deps.tasks.read({ tenant, taskId }) : null;
  if (!task) throw new TaskNotFoundError(taskId);
  return task;
}

/** @throws TaskForbiddenError unless the person is a candidate and not one of those who must not decide. */
export function assertMayDecide(task: TaskSnapshot, actor: TaskActor): void {
  assertSecondPerson(task, actor.userId);
  if (!isCandidate(task, actor)) throw new TaskForbiddenError(`This task is for ${candidatesText(task)}.`);
}

const isCandidate = (task: TaskSnapshot, { userId, roles }: TaskActor): boolean =>
  task.candidateUsers.includes(userId) || roles.some((role) => task.candidateRoles.includes(role));

const mayReadAll = ['viewer', 'operator', 'administrator'];

/**
 * Words about a task tell who has it and how it ended: they are for those who may read it, or took part in it before
 * somebody else was quicker.
 * @throws TaskForbiddenError for anybody else.
 */
async function assertInvolved({ tasks }: TaskDeps, task: TaskSnapshot, actor: TaskActor): Promise<void> {
  const { tenant, userId, roles } = actor;
  const people = [task.assignee, task.owner, task.question?.to, task.question?.by, task.endedBy];
  if (people.includes(userId) || roles.some((role) => mayReadAll.includes(role))) return;
  if (isCandidate(task, actor) && !task.excludedUsers.includes(userId)) return;
  if (await tasks.tookPart({ tenant, taskId: task.taskId, userId })) return;
  throw new TaskForbiddenError(`This task is for ${candidatesText(task)}.`);
}

/** @throws TaskConflictError when the task has ended, is ending, or is of another version than the person saw. */
export function assertOpen(task: TaskSnapshot, { userId, expectedVersion }: TaskRequest): void {
  if (!isOpenTask(task.status)) throw new TaskConflictError(endedText(task, userId));
  if (task.isClosing) throw new TaskConflictError(expiredText(task.expiresAtMs));
  if (expectedVersion !== undefined && expectedVersion !== task.version) {
    throw new TaskConflictError('This task changed since you opened it. Look at it again before you go on.');
  }
}

/** @throws TaskConflictError when somebody else works on the task, or somebody else will decide. */
export function assertNotHeldByOther(task: TaskSnapshot, { userId }: TaskActor): void {
  if (task.status !== 'claimed') return;
  if (task.owner !== null && task.assignee === userId) {
    throw new TaskConflictError(
      `${task.ownerName} decides this and asked for your help: give it back when you are done.`,
    );
  }
  if (task.owner === userId) {
    throw new TaskConflictError(`You delegated it to ${task.assigneeName}. Take it back before you decide.`);
  }
  if (task.assignee === userId) return;
  const since = task.claimedAtMs === null ? '' : ` on ${formatInstant(task.claimedAtMs)}`;
  throw new TaskConflictError(
    `${task.assigneeName} claimed it${since} and is working on it. Ask them to release it, or choose another task.`,
  );
}

/** @throws TaskForbiddenError, TaskConflictError unless this person holds the task and may hand it on. */
export function assertHeldBy(task: TaskSnapshot, request: TaskRequest): void {
  assertOpen(task, request);
  if (task.status === 'pending') throw new TaskConflictError('Nobody holds this task. Claim it first.');
  assertNotHeldByOther(task, request);
}

/**
 * Makes a change that the checks allow. Of several people at once exactly one succeeds; the others are told what the
 * checks then say, by whom it was changed.
 */
export async function checkedChange(
  deps: TaskDeps,
  request: TaskRequest,
  change: {
    readonly check: (task: TaskSnapshot) => void;
    readonly make: (task: TaskSnapshot) => Promise<ChangedTask | null>;
  },
): Promise<ChangedTask> {
  const task = await readTask(deps, request);
  await assertInvolved(deps, task, request);
  change.check(task);
  const changed = await change.make(task);
  if (changed) return changed;
  const now = await readTask(deps, request);
  change.check(now);
  throw changedMeanwhile(now, request);
}

/** What is left to say when a change did not happen although the task, as it is now, would allow it. */
export function changedMeanwhile({ assignee, assigneeName }: TaskSnapshot, { userId }: TaskActor): TaskConflictError {
  const who = assignee === userId ? 'You have it' : assigneeName === null ? 'Nobody has it' : `${assigneeName} has it`;
  return new TaskConflictError(
    `${who} now: this task changed at the same moment. Look at it again, and repeat what you wanted to do if it still fits.`,
  );
}

function endedText(task: TaskSnapshot, userId: string): string {
  const when = task.endedAtMs === null ? '' : ` on ${formatInstant(task.endedAtMs)}`;
  if (task.status === 'expired') return expiredText(task.expiresAtMs ?? task.endedAtMs);
  if (task.status === 'canceled') return `This task was canceled${when}: its workflow has ended. ${nothingLeft}`;
  const who = task.endedBy === userId ? 'You' : (task.endedByName ?? 'Somebody');
  return `${who} already ${deedText(task)}${when}. ${nothingLeft}`;
}

const nothingLeft = 'Nothing is left to do here.';

const deeds: Readonly<Record<string, string>> = {
  approve: 'approved it',
  reject: 'rejected it',
  resolve: 'resolved it',
  resolved: 'resolved it',
  confirm: 'confirmed it',
};

function deedText({ status, outcome }: TaskSnapshot): string {
  if (status === 'declined') return 'declined it';
  if (outcome === null) return 'completed it';
  return deeds[outcome] ?? `answered it with "${outcome}"`;
}

function expiredText(atMs: number | null): string {
  return `This task expired${atMs === null ? '' : ` on ${formatInstant(atMs)}`}. ${nothingLeft}`;
}

function candidatesText({ candidateRoles }: TaskSnapshot): string {
  if (candidateRoles.length === 0) return 'people that it names';
  return `people with the role ${candidateRoles.join(' or ')}`;
}

const instantFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** `23 Nov 2026, 04:12 UTC` */
export function formatInstant(ms: number): string {
  return `${instantFormat.format(new Date(ms))} UTC`;
}
