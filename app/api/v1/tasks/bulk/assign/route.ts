import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { handoverSchema, manyTasksSchema } from '@/lib/actions/taskInput';
import { assignTasks } from '@/lib/workflow';

/** Gives many open tasks to somebody, whoever holds them: each is done or refused by itself. */
export const POST = apiRoute(
  { act: 'task.assign', body: z.strictObject({ ...manyTasksSchema.shape, ...handoverSchema.shape }) },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await assignTasks({ ...body, tenant, userId, roles }) }),
);
