import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { handoverBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { assignTask } from '@/lib/workflow';

/** Gives an open task to somebody, whoever holds it. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.assign', params: z.object({ taskId: z.string() }), body: handoverBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => assignTask({ ...caller, ...body })),
);
