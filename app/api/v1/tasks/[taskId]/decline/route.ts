import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { reasonBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { declineTask } from '@/lib/workflow';

/** Ends a task without an answer, with a reason. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: reasonBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => declineTask({ ...caller, ...body })),
);
