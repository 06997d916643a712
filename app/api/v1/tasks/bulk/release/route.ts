import { apiRoute } from '@/lib/actions/apiRoute';
import { manyTasksBody } from '@/lib/actions/taskBodies';
import { releaseTasks } from '@/lib/workflow';

/** Gives many tasks back: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.decide', body: manyTasksBody },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await releaseTasks({ ...body, tenant, userId, roles }) }),
);
