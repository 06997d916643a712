import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { completeBody } from '@/lib/actions/taskBodies';
import { parseTaskId } from '@/lib/actions/taskInput';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { readApiTask } from '@/lib/queries/apiTasks';
import { completeTask } from '@/lib/workflow';

/** Answers a task, checked against its form like an answer from its page; gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: completeBody },
  async ({ session, tenant, params, body: { outcome, data, expectedVersion } }) => {
    const taskId = parseTaskId(params.taskId);
    const { userId, roles } = session;
    await completeTask({ tenant, userId, roles, taskId, outcome, data, expectedVersion });
    return Response.json(await readApiTask({ tenant, taskId, reader: taskReaderOf(session) }));
  },
);
