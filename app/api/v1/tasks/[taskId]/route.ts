import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { readApiTask } from '@/lib/queries/apiTasks';

/** One task with its form: schema, what its fields hold, its outcomes. */
export const GET = apiRoute(
  { act: 'task.read', params: z.object({ taskId: z.string() }) },
  async ({ session, tenant, params: { taskId } }) =>
    Response.json(await readApiTask({ tenant, taskId, reader: taskReaderOf(session) })),
);
