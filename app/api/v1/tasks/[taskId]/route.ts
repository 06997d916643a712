import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { planBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { readApiTask } from '@/lib/queries/apiTasks';
import { planTask } from '@/lib/workflow';

/** One task with its form: schema, what its fields hold, its outcomes. */
export const GET = apiRoute(
  { act: 'task.read', params: z.object({ taskId: z.string() }) },
  async ({ session, tenant, params: { taskId } }) =>
    Response.json(await readApiTask({ tenant, taskId, reader: taskReaderOf(session) })),
);

/** Changes priority, due date and follow-up; what is left out stays, null takes a date away. */
export const PATCH = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: planBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => planTask({ ...caller, ...body })),
);
