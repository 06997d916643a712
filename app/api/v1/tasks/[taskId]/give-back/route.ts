import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { noteBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { giveBackTask } from '@/lib/workflow';

/** Ends a delegation. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: noteBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => giveBackTask({ ...caller, ...body })),
);
