import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { readApiExecution } from '@/lib/queries/apiExecutions';

/** One execution: status, state, what it waits for, how it ended. */
export const GET = apiRoute(
  { act: 'execution.read', params: z.object({ executionId: z.string() }) },
  async ({ tenant, params: { executionId } }) => Response.json(await readApiExecution({ tenant, executionId })),
);
