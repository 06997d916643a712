/**
 * Four eyes: who must not decide a task. The only place where words and rules say so; administrators are not exempt.
 * The statements of the store guard the same, in `persistence/tasks/fourEyes.ts`.
 */
import { InvalidInputError, TaskForbiddenError } from '../model/errors';
import type { TaskSnapshot } from '../model/ports/taskStore';
import { requester } from '../model/tasks';
import type { TaskToPrepare } from '../model/ports/tasks';
import { listOf } from './lists';

/** The ids of those who must not decide, once each. */
export function excludedPeople({ request, requestedBy }: Pick<TaskToPrepare, 'request' | 'requestedBy'>): string[] {
  const named = listOf(request.distinctFrom, 'distinctFrom').flatMap((id) =>
    id === requester ? (requestedBy ?? []) : [id],
  );
  return [...new Set(named)];
}

const isExcluded = (task: TaskSnapshot, userId: string): boolean => task.excludedUsers.includes(userId);

/** @throws TaskForbiddenError for somebody who asked for this, or decided about it before. */
export function assertSecondPerson(task: TaskSnapshot, userId: string): void {
  if (!isExcluded(task, userId)) return;
  throw new TaskForbiddenError('This task asks for a second person: you cannot decide on your own request.');
}

/** @throws InvalidInputError where the task would go to such a person. */
export function assertMayReceive(task: TaskSnapshot, to: { readonly userId: string; readonly name: string }): void {
  if (!isExcluded(task, to.userId)) return;
  const message = `${to.name} must not decide this: it asks for a second person.`;
  throw new InvalidInputError(message, { fieldErrors: [{ path: '/to', message }] });
}
