import { z } from 'zod';
import { historyQuerySchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { readApiHistory } from '@/lib/queries/apiExecutions';

/** The log of one execution, entry by entry, in pages. */
export const GET = apiRoute(
  { act: 'execution.read', params: z.object({ executionId: z.string() }), query: historyQuerySchema },
  async ({ tenant, params: { executionId }, query }) =>
    Response.json({ executionId, ...(await readApiHistory({ tenant, executionId, ...query })) }),
);
