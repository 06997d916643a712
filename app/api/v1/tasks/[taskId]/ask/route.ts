import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { questionBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { askForInfo } from '@/lib/workflow';

/** Asks somebody about a task. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: questionBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => askForInfo({ ...caller, ...body })),
);
