import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { answerSchema, manyTasksSchema } from '@/lib/actions/taskInput';
import { completeTasks } from '@/lib/workflow';

/** Gives one answer to many tasks of the same form version: each takes it or refuses it by itself. */
export const POST = apiRoute(
  {
    act: 'task.decide',
    body: z.strictObject({ ...manyTasksSchema.shape, ...answerSchema.omit({ expectedVersion: true }).shape }),
  },
  async ({ session: { userId, roles }, tenant, body }) =>
    Response.json({ results: await completeTasks({ ...body, tenant, userId, roles }) }),
);
