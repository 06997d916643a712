import { taskQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { listApiTasks } from '@/lib/queries/apiTasks';
import { filterOf } from '@/lib/queries/task-filter';

/** Tasks that the token's owner may see, newest first: all of a status, or those of a view of their inbox. */
export const GET = apiRoute({ act: 'task.read', query: taskQuerySchema }, async ({ session, tenant, query }) => {
  const { q, type, priority, due, workflow, ...page } = query;
  const filter = filterOf({ q, type, priority, due, workflow });
  return Response.json(
    await listApiTasks({ tenant, reader: taskReaderOf(session), ...page, filter, nowMs: Date.now() }),
  );
});
