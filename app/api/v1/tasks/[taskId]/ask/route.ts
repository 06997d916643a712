import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { questionSchema } from '@/lib/actions/taskInput';
import { changeTask } from '@/lib/actions/taskRoute';
import { askForInfo } from '@/lib/workflow';

/** Asks somebody about a task. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: z.strictObject(questionSchema.shape) },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => askForInfo({ ...caller, ...body })),
);
