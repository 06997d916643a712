/** What the task part of the API can do: the schemas are those that its routes read and answer with. */
import type { z } from 'zod';
import { taskQuerySchema } from '../actions/apiInput';
import * as bodies from '../actions/taskBodies';
import {
  apiBulkSchema,
  apiDraftSavedSchema,
  apiDraftSchema,
  apiTaskListSchema,
  apiTaskWithFormSchema,
} from '../queries/apiTaskSchemas';

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, with its variable parts in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: AnswerName;
}

/** Answers by the names that the description gives them. */
export const answers = {
  TaskList: apiTaskListSchema,
  Task: apiTaskWithFormSchema,
  Draft: apiDraftSchema,
  DraftSaved: apiDraftSavedSchema,
  BulkResults: apiBulkSchema,
} as const;
type AnswerName = keyof typeof answers;

const one = (act: string, operationId: string, summary: string, body?: z.ZodType): Operation => ({
  method: 'post',
  path: `/tasks/{taskId}/${act}`,
  operationId,
  summary,
  ...(body && { body }),
  answer: 'Task',
});
const many = (act: string, summary: string, body: z.ZodType): Operation => ({
  method: 'post',
  path: `/tasks/bulk/${act}`,
  operationId: `${act}Tasks`,
  summary,
  body,
  answer: 'BulkResults',
});
const draft = '/tasks/{taskId}/draft';

export const taskOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/tasks',
    operationId: 'listTasks',
    summary: 'Tasks that you may see, newest first, narrowed by the filters of the inbox.',
    query: taskQuerySchema,
    answer: 'TaskList',
  },
  {
    method: 'get',
    path: '/tasks/{taskId}',
    operationId: 'readTask',
    summary: 'One task with its form: schema, what its fields hold, its outcomes.',
    answer: 'Task',
  },
  {
    method: 'patch',
    path: '/tasks/{taskId}',
    operationId: 'planTask',
    summary: 'Changes priority, due date and follow-up; what is left out stays, null takes a date away.',
    body: bodies.planBody,
    answer: 'Task',
  },
  one('claim', 'claimTask', 'Makes you the assignee.'),
  one('release', 'releaseTask', 'Gives it back to all candidates.'),
  one('assign', 'assignTask', 'Gives it to somebody, whoever holds it. For administrators.', bodies.handoverBody),
  one('complete', 'completeTask', 'Answers it; the answers are checked against its form.', bodies.completeBody),
  one('comments', 'commentOnTask', 'Adds a comment.', bodies.textBody),
  one('decline', 'declineTask', 'Ends it without an answer, with a reason.', bodies.reasonBody),
  one('delegate', 'delegateTask', 'Lends it: somebody works on it, and you decide.', bodies.handoverBody),
  one('give-back', 'giveBackTask', 'Ends a delegation.', bodies.noteBody),
  one('forward', 'forwardTask', 'Hands it on for good.', bodies.handoverBody),
  one('ask', 'askAboutTask', 'Asks somebody about it.', bodies.questionBody),
  one('answer', 'answerQuestion', 'Answers the open question.', bodies.textBody),
  one('withdraw-question', 'withdrawQuestion', 'Takes the open question back.'),
  {
    method: 'get',
    path: draft,
    operationId: 'readDraft',
    summary: 'What you typed and did not send.',
    answer: 'Draft',
  },
  {
    method: 'put',
    path: draft,
    operationId: 'saveDraft',
    summary: 'Keeps what you typed, unchecked.',
    body: bodies.draftBody,
    answer: 'DraftSaved',
  },
  { method: 'delete', path: draft, operationId: 'dropDraft', summary: 'Throws it away.', answer: 'Draft' },
  many('claim', 'Claims many tasks, each by itself.', bodies.manyTasksBody),
  many('release', 'Gives many tasks back, each by itself.', bodies.manyTasksBody),
  many('assign', 'Gives many tasks to somebody, each by itself. For administrators.', bodies.assignManyBody),
  many('complete', 'Gives one answer to many tasks of the same form version.', bodies.completeManyBody),
];
