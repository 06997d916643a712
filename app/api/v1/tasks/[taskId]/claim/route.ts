import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { changeTask } from '@/lib/actions/taskRoute';
import { claimTask } from '@/lib/workflow';

/** Makes the token's owner the assignee. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }) },
  ({ session, tenant, params: { taskId } }) => changeTask({ session, tenant, taskId }, claimTask),
);
