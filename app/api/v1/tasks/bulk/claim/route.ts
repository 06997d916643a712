import { apiRoute } from '@/lib/actions/apiRoute';
import { manyTasksBody } from '@/lib/actions/taskBodies';
import { claimTasks } from '@/lib/workflow';

/** Claims many tasks: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.decide', body: manyTasksBody },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await claimTasks({ ...body, tenant, userId, roles }) }),
);
