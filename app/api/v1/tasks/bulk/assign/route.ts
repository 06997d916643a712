import { apiRoute } from '@/lib/actions/apiRoute';
import { assignManyBody } from '@/lib/actions/taskBodies';
import { assignTasks } from '@/lib/workflow';

/** Gives many open tasks to somebody, whoever holds them: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.assign', body: assignManyBody },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await assignTasks({ ...body, tenant, userId, roles }) }),
);
