'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import {
  answerSchema,
  draftSchema,
  handoverSchema,
  noteSchema,
  planSchema,
  parseTaskId,
  questionSchema,
  reasonSchema,
  textSchema,
  undoSchema,
} from '@/lib/actions/taskInput';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { getReadableTask } from '@/lib/queries/apiTasks';
import {
  answerQuestion,
  askForInfo,
  assignTask,
  claimTask,
  commentOnTask,
  completeTask,
  declineTask,
  delegateTask,
  forwardTask,
  giveBackTask,
  planTask,
  releaseTask,
  saveDraft,
  undoTaskChange,
  withdrawQuestion,
} from '@/lib/workflow';

const taskId = z.string({ error: 'Name the task.' });

/** Makes the caller the assignee of a task. */
export const claimTaskAction = serverAction(
  { act: 'task.decide', input: z.object({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    claimTask({ tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Gives a claimed task back to all candidates. */
export const releaseTaskAction = serverAction(
  { act: 'task.decide', input: z.object({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    releaseTask({ tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Answers a task; the answers are checked against its form. An unclaimed task is claimed in the same transaction. */
export const completeTaskAction = serverAction(
  { act: 'task.decide', input: answerSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input: { taskId, outcome, data, expectedVersion } }) =>
    completeTask({ tenant, userId, roles, taskId: parseTaskId(taskId), outcome, data, expectedVersion }),
);

/** Gives an open task to somebody, whoever holds it. */
export const assignTaskAction = serverAction(
  { act: 'task.assign', input: handoverSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    assignTask({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Lends a task: somebody works on it and gives it back. */
export const delegateTaskAction = serverAction(
  { act: 'task.decide', input: handoverSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    delegateTask({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Hands a task on for good. */
export const forwardTaskAction = serverAction(
  { act: 'task.decide', input: handoverSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    forwardTask({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Ends a delegation. */
export const giveBackTaskAction = serverAction(
  { act: 'task.decide', input: noteSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    giveBackTask({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Ends a task without an answer, with a reason. */
export const declineTaskAction = serverAction(
  { act: 'task.decide', input: reasonSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    declineTask({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Asks somebody about a task. */
export const askForInfoAction = serverAction(
  { act: 'task.decide', input: questionSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    askForInfo({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Answers the open question. */
export const answerQuestionAction = serverAction(
  { act: 'task.decide', input: textSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    answerQuestion({ ...input, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Takes the open question back. */
export const withdrawQuestionAction = serverAction(
  { act: 'task.decide', input: z.object({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    withdrawQuestion({ tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Adds a comment to a task that the caller may read. */
export const commentOnTaskAction = serverAction(
  { act: 'task.read', input: textSchema.extend({ taskId }) },
  async ({ session, tenant, input }) => {
    const id = parseTaskId(input.taskId);
    await getReadableTask({ tenant, taskId: id, reader: taskReaderOf(session) });
    const { userId, roles } = session;
    return commentOnTask({ tenant, userId, roles, taskId: id, text: input.text });
  },
);

/** Changes priority, due date and follow-up of a task. */
export const planTaskAction = serverAction(
  { act: 'task.decide', input: z.object({ taskId, plan: planSchema }) },
  ({ session: { userId, roles }, tenant, input }) =>
    planTask({ ...input.plan, tenant, userId, roles, taskId: parseTaskId(input.taskId) }),
);

/** Takes back what the caller has just done to a task. */
export const undoTaskChangeAction = serverAction(
  { act: 'task.decide', input: undoSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input }) =>
    undoTaskChange({ tenant, userId, roles, taskId: parseTaskId(input.taskId), version: input.version }),
);

/** Keeps what the caller typed and did not send yet. */
export const saveDraftAction = serverAction(
  { act: 'task.decide', input: draftSchema.extend({ taskId }) },
  ({ session: { userId, roles }, tenant, input: { taskId, data } }) =>
    saveDraft({ tenant, userId, roles, taskId: parseTaskId(taskId), data }),
);
