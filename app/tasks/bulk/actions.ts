'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { answerSchema, handoverSchema, manyTasksSchema, manyUndosSchema, parseTaskId } from '@/lib/actions/taskInput';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { readSharedForm } from '@/lib/queries/shared-form';
import { assignTasks, claimTasks, completeTasks, releaseTasks, undoTaskChanges } from '@/lib/workflow';

/** Claims many tasks. */
export const claimTasksAction = serverAction(
  { act: 'task.decide', input: manyTasksSchema },
  ({ session: { userId, roles }, tenant, input }) => claimTasks({ ...input, tenant, userId, roles }),
);

/** Gives many tasks back. */
export const releaseTasksAction = serverAction(
  { act: 'task.decide', input: manyTasksSchema },
  ({ session: { userId, roles }, tenant, input }) => releaseTasks({ ...input, tenant, userId, roles }),
);

/** Gives many tasks to somebody, whoever holds them. */
export const assignTasksAction = serverAction(
  { act: 'task.assign', input: manyTasksSchema.extend(handoverSchema.shape) },
  ({ session: { userId, roles }, tenant, input }) => assignTasks({ ...input, tenant, userId, roles }),
);

/** Takes back what the caller has just done to many tasks. */
export const undoTaskChangesAction = serverAction(
  { act: 'task.decide', input: manyUndosSchema },
  ({ session: { userId, roles }, tenant, input }) => undoTaskChanges({ ...input, tenant, userId, roles }),
);

/** Gives one answer to many tasks of the same form version. */
export const completeTasksAction = serverAction(
  { act: 'task.decide', input: manyTasksSchema.extend(answerSchema.shape).omit({ expectedVersion: true }) },
  ({ session: { userId, roles }, tenant, input }) => completeTasks({ ...input, tenant, userId, roles }),
);

/** What can be answered for many tasks at once, by the form of one of them. */
export const sharedFormAction = serverAction(
  { act: 'task.read', input: z.object({ taskId: z.string({ error: 'Name the task.' }) }) },
  ({ session, tenant, input }) =>
    readSharedForm({ tenant, taskId: parseTaskId(input.taskId), reader: taskReaderOf(session) }),
);
