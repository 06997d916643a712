import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { decisionBody } from '@/lib/actions/decisionInput';
import { retryExecution } from '@/lib/workflow';

/** Goes on from the failure of an execution, or tries the code that it is blocked on. Accepted once it is stored; the execution's log tells what came of it. */
export const POST = apiRoute(
  {
    act: 'execution.operate',
    params: z.object({ executionId: z.string() }),
    body: decisionBody,
  },
  async ({ session, tenant, params: { executionId }, body: { reason } }) => {
    const decided = await retryExecution({ tenant, executionId, userId: session.userId, reason });
    return Response.json(decided, { status: 202 });
  },
);
