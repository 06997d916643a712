import { InvalidInputError } from '@shared/workflow/model/errors';
import { executionsQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { isExecutionCursor, listExecutions } from '@/lib/queries/executions';

/** Executions of the tenant, newest first; `?stuck=true`: those that should go on and do not. */
export const GET = apiRoute({ act: 'execution.read', query: executionsQuerySchema }, async ({ tenant, query }) => {
  const { status, workflow = null, stuck, cursor = null, limit } = query;
  if (cursor !== null && !isExecutionCursor(cursor)) {
    throw new InvalidInputError('This cursor is not one of ours. Use the `next` of the page before.');
  }
  const filter = { statuses: status ? [status] : [], waitingFor: null, workflow, isStuck: stuck === 'true' };
  const { rows, nextCursor } = await listExecutions({ tenant, filter, cursor, pageSize: limit });
  return Response.json({ executions: rows, next: nextCursor });
});
