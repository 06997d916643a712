import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { textBody } from '@/lib/actions/taskBodies';
import { changeTask } from '@/lib/actions/taskRoute';
import { answerQuestion } from '@/lib/workflow';

/** Answers the open question. Gives the task as it is afterwards. */
export const POST = apiRoute(
  { act: 'task.decide', params: z.object({ taskId: z.string() }), body: textBody },
  ({ session, tenant, params: { taskId }, body }) =>
    changeTask({ session, tenant, taskId }, (caller) => answerQuestion({ ...caller, ...body })),
);
