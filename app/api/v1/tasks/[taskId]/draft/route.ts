import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { draftBody } from '@/lib/actions/taskBodies';
import { parseTaskId } from '@/lib/actions/taskInput';
import { dropDraft, readDraft, saveDraft } from '@/lib/workflow';

const params = z.object({ taskId: z.string() });

/** What the token's owner typed into the task's form and did not send; nobody else's is ever given. */
export const GET = apiRoute({ act: 'task.decide', params }, async ({ session, tenant, params: { taskId } }) => {
  const { userId, roles } = session;
  const draft = await readDraft({ tenant, userId, roles, taskId: parseTaskId(taskId) });
  return Response.json({ draft: draft && { data: draft.data, savedAt: new Date(draft.savedAtMs).toISOString() } });
});

/** Keeps it, unchecked, in place of what was kept before. */
export const PUT = apiRoute(
  { act: 'task.decide', params, body: draftBody },
  async ({ session, tenant, params: { taskId }, body: { data } }) => {
    const { userId, roles } = session;
    return Response.json(await saveDraft({ tenant, userId, roles, taskId: parseTaskId(taskId), data }));
  },
);

/** Throws it away. */
export const DELETE = apiRoute({ act: 'task.decide', params }, async ({ session, tenant, params: { taskId } }) => {
  const { userId, roles } = session;
  await dropDraft({ tenant, userId, roles, taskId: parseTaskId(taskId) });
  return Response.json({ draft: null });
});
