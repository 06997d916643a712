import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { handoverSchema } from '@/lib/actions/taskInput';
import { changeTask } from '@/lib/actions/taskRoute';
import { forwardTask } from '@/lib/workflow';

/** Hands a task on for good. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: z.strictObject(handoverSchema.shape) },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => forwardTask({ ...caller, ...body })),
);
