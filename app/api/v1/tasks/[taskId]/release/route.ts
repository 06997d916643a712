import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { changeTask } from '@/lib/actions/taskRoute';
import { releaseTask } from '@/lib/workflow';

/** Gives a claimed task back to all candidates. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }) },
  ({ session, tenant, params: { taskId } }) => changeTask({ session, tenant, taskId }, releaseTask),
);
