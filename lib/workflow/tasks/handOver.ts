/** Who works on a task: given out, lent, given back, handed on. */
import { InvalidInputError, TaskForbiddenError } from '../model/errors';
import type { ChangedTask, TaskSnapshot } from '../model/ports/taskStore';
import { assertHeldBy, assertOpen, checkedChange, guarded } from './checks';
import { announceTask, resultOf, type HandoverDeps, type TaskDeps, type TaskRequest, type TaskResult } from './deps';
import { assertMayReceive } from './fourEyes';
import { writtenNote } from './textInput';

export interface HandoverRequest extends TaskRequest {
  /** Who gets it: the id of somebody of the same tenant. */
  readonly to: string;
  readonly note?: string | null | undefined;
}

/**
 * Gives an open task to somebody, whoever held it. They may decide it even where they were no candidate, but never
 * where four eyes exclude them. Who may assign is the caller's matter.
 * @throws InvalidInputError (nobody of this tenant, or excluded), TaskNotFoundError, TaskConflictError.
 */
export function assignTask(deps: HandoverDeps, request: HandoverRequest): Promise<TaskResult> {
  return handOver(deps, request, {
    check: (task) => assertOpen(task, request),
    make: (task, note) => deps.tasks.assign({ ...guarded(request), to: request.to, note, holder: task.assignee }),
  });
}

/**
 * Lends a task: somebody works on it and gives it back; who delegates stays the one to decide.
 * @throws InvalidInputError, TaskNotFoundError, TaskForbiddenError, TaskConflictError unless the caller holds it.
 */
export function delegateTask(deps: HandoverDeps, request: HandoverRequest): Promise<TaskResult> {
  return handOver(deps, request, {
    check: (task) => assertHeldBy(task, request),
    make: (_, note) => deps.tasks.delegate({ ...guarded(request), to: request.to, note }),
  });
}

/**
 * Hands a task on for good: the other decides.
 * @throws InvalidInputError, TaskNotFoundError, TaskForbiddenError, TaskConflictError unless the caller holds it.
 */
export function forwardTask(deps: HandoverDeps, request: HandoverRequest): Promise<TaskResult> {
  return handOver(deps, request, {
    check: (task) => assertHeldBy(task, request),
    make: (_, note) => deps.tasks.forward({ ...guarded(request), to: request.to, note }),
  });
}

/**
 * Ends a delegation: the delegate is done, or the owner takes it back.
 * @throws TaskNotFoundError, TaskForbiddenError for others, TaskConflictError when it is not delegated.
 */
export async function giveBackTask(
  deps: TaskDeps,
  request: TaskRequest & { readonly note?: string | null | undefined },
): Promise<TaskResult> {
  const note = writtenNote(request.note, '/note');
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      assertOpen(task, request);
      if (task.owner === null)
        throw new InvalidInputError('This task is not delegated: there is nothing to give back.');
      if (task.assignee !== request.userId && task.owner !== request.userId) {
        throw new TaskForbiddenError(`Only ${task.assigneeName} or ${task.ownerName} can end this delegation.`);
      }
    },
    make: () => deps.tasks.giveBack({ ...guarded(request), note }),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, 'claimed');
}

async function handOver(
  deps: HandoverDeps,
  request: HandoverRequest,
  change: {
    readonly check: (task: TaskSnapshot) => void;
    readonly make: (task: TaskSnapshot, note: string | null) => Promise<ChangedTask | null>;
  },
): Promise<TaskResult> {
  const { tenant, to, userId } = request;
  const note = writtenNote(request.note, '/note');
  const person = await deps.people.find({ tenant, userId: to });
  const refuse = (message: string) => new InvalidInputError(message, { fieldErrors: [{ path: '/to', message }] });
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      change.check(task);
      if (!person) throw refuse('Choose somebody who works here.');
      if (task.assignee === to)
        throw refuse(to === userId ? 'It is with you already.' : `${person.name} has it already.`);
      assertMayReceive(task, { userId: to, name: person.name });
    },
    make: (task) => change.make(task, note),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, 'claimed');
}
