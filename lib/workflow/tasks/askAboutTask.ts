/** A question about a task to somebody who knows: the task stays where it is until they answer. */
import { InvalidInputError, TaskConflictError, TaskForbiddenError } from '../model/errors';
import type { TaskSnapshot } from '../model/ports/taskStore';
import { assertOpen, checkedChange, guarded } from './checks';
import { announceTask, resultOf, type HandoverDeps, type TaskDeps, type TaskRequest, type TaskResult } from './deps';
import { writtenText } from './textInput';

/**
 * Asks somebody of the tenant. One question at a time; they may read the task from then on.
 * @throws InvalidInputError, TaskNotFoundError, TaskForbiddenError, TaskConflictError (not held, or a question is open).
 */
export async function askForInfo(
  deps: HandoverDeps,
  request: TaskRequest & { readonly to: string; readonly text: string },
): Promise<TaskResult> {
  const { tenant, userId, to } = request;
  const text = writtenText(request.text, '/text', 'your question');
  const person = await deps.people.find({ tenant, userId: to });
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      assertOpen(task, request);
      if (task.assignee !== userId) throw new TaskForbiddenError('Claim this task before you ask about it.');
      if (task.question) throw new TaskConflictError(`A question to ${task.question.toName} is open already.`);
      const wrong = !person ? 'Choose somebody who works here.' : to === userId ? 'Ask somebody else.' : null;
      if (wrong !== null) throw new InvalidInputError(wrong, { fieldErrors: [{ path: '/to', message: wrong }] });
    },
    make: () => deps.tasks.ask({ ...guarded(request), to, text }),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, 'claimed');
}

/**
 * Answers the open question.
 * @throws InvalidInputError, TaskNotFoundError, TaskForbiddenError unless it was asked of the caller.
 */
export async function answerQuestion(
  deps: TaskDeps,
  request: TaskRequest & { readonly text: string },
): Promise<TaskResult> {
  const text = writtenText(request.text, '/text', 'your answer');
  return endQuestion(deps, { ...request, text }, (question) => {
    if (question.to !== request.userId) throw new TaskForbiddenError(`This was asked of ${question.toName}.`);
  });
}

/**
 * Takes the open question back.
 * @throws TaskNotFoundError, TaskForbiddenError unless the caller asked it or holds the task.
 */
export async function withdrawQuestion(deps: TaskDeps, request: TaskRequest): Promise<TaskResult> {
  return endQuestion(deps, { ...request, text: null }, (question, task) => {
    if (question.by !== request.userId && task.assignee !== request.userId) {
      throw new TaskForbiddenError('Only who asked it can take a question back.');
    }
  });
}

/**
 * Gives an open question back to who asked it: nobody is left to answer. Who may do that is the caller's matter.
 * @param request.of whom it was asked.
 * @throws TaskNotFoundError, TaskConflictError when no question to them is open any more.
 */
export async function returnQuestion(
  deps: TaskDeps,
  { of, ...request }: TaskRequest & { readonly of: string; readonly text: string },
): Promise<TaskResult> {
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      assertOpen(task, request);
      if (task.question?.to !== of) throw new TaskConflictError('No question to them is open any more.');
    },
    make: ({ question }) =>
      question
        ? deps.tasks.returnQuestion({ ...guarded(request), by: question.by, to: of, text: request.text })
        : Promise.resolve(null),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, 'claimed');
}

async function endQuestion(
  deps: TaskDeps,
  request: TaskRequest & { readonly text: string | null },
  check: (question: NonNullable<TaskSnapshot['question']>, task: TaskSnapshot) => void,
): Promise<TaskResult> {
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      assertOpen(task, request);
      if (!task.question) throw new TaskConflictError('No question about this task is open any more.');
      check(task.question, task);
    },
    make: () => deps.tasks.answer({ ...guarded(request), text: request.text }),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, 'claimed');
}
