import { deadLetterQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { listDeadLetters } from '@/lib/queries/deadLetters';

/** What was put aside in the tenant, newest first. */
export const GET = apiRoute({ act: 'execution.read', query: deadLetterQuerySchema }, async ({ tenant, query }) =>
  Response.json({ deadLetters: await listDeadLetters({ tenant, open: query.status === 'open', limit: query.limit }) }),
);
