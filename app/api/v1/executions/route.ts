import { executionsQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { checkedExecutionCursor, listExecutions } from '@/lib/queries/executions';

/** Executions of the tenant, newest first; `?stuck=true`: those that should go on and do not. */
export const GET = apiRoute({ act: 'execution.read', query: executionsQuerySchema }, async ({ tenant, query }) => {
  const { status, workflow = null, stuck, limit } = query;
  const filter = { statuses: status ? [status] : [], waitingFor: null, workflow, isStuck: stuck === 'true' };
  const cursor = checkedExecutionCursor(query.cursor);
  const { rows, nextCursor } = await listExecutions({ tenant, filter, cursor, pageSize: limit });
  return Response.json({ executions: rows, next: nextCursor });
});
