import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { handoverSchema } from '@/lib/actions/taskInput';
import { changeTask } from '@/lib/actions/taskRoute';
import { delegateTask } from '@/lib/workflow';

/** Lends a task: somebody works on it and gives it back. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: z.strictObject(handoverSchema.shape) },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => delegateTask({ ...caller, ...body })),
);
