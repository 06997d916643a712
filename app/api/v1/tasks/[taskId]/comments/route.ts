import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { textBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { getReadableTask } from '@/lib/queries/apiTasks';
import { commentOnTask } from '@/lib/workflow';

/** Adds a comment to a task that the token's owner may read. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.read', params: z.object({ taskId: z.string() }), body: textBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, async (caller) => {
      await getReadableTask({ tenant, taskId, reader: taskReaderOf(session) });
      return commentOnTask({ ...caller, ...body });
    }),
);
