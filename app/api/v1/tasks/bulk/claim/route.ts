import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { manyTasksSchema } from '@/lib/actions/taskInput';
import { claimTasks } from '@/lib/workflow';

/** Claims many tasks: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.decide', body: z.strictObject(manyTasksSchema.shape) },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await claimTasks({ ...body, tenant, userId, roles }) }),
);
