import { apiRoute } from '@/lib/actions/apiRoute';
import { completeManyBody } from '@/lib/actions/taskBodies';
import { completeTasks } from '@/lib/workflow';

/** Gives one answer to many tasks of the same form version: each takes it or refuses it by itself. */
export const POST = apiRoute(
  {
    act: 'task.decide',
    body: completeManyBody,
  },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await completeTasks({ ...body, tenant, userId, roles }) }),
);
