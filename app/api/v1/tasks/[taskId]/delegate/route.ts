import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { handoverBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { delegateTask } from '@/lib/workflow';

/** Lends a task: somebody works on it and gives it back. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: handoverBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => delegateTask({ ...caller, ...body })),
);
