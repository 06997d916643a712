import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { manyTasksSchema } from '@/lib/actions/taskInput';
import { releaseTasks } from '@/lib/workflow';

/** Gives many tasks back: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.decide', body: z.strictObject(manyTasksSchema.shape) },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await releaseTasks({ ...body, tenant, userId, roles }) }),
);
