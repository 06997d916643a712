import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { changeTask } from '@/lib/actions/taskRoute';
import { withdrawQuestion } from '@/lib/workflow';

/** Takes the open question back. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }) },
  ({ session, tenant, params: { taskId } }) => changeTask({ session, tenant, taskId }, withdrawQuestion),
);
