'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { answerSchema, parseTaskId } from '@/lib/actions/taskInput';
import { claimTask, completeTask, releaseTask } from '@/lib/workflow';

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
