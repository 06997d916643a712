import { taskQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { listApiTasks } from '@/lib/queries/apiTasks';

/** Tasks that the token's owner may see, newest first. */
export const GET = apiRoute({ act: 'task.read', query: taskQuerySchema }, async ({ session, tenant, query }) =>
  Response.json(await listApiTasks({ tenant, reader: taskReaderOf(session), ...query })),
);
