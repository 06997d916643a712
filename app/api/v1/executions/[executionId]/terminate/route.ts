import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { decisionBody } from '@/lib/actions/decisionInput';
import { terminateExecution } from '@/lib/workflow';

/** Ends an execution at once, without running its code. Accepted once it is stored; the execution's log tells what came of it. */
export const POST = apiRoute(
  {
    act: 'execution.operate',
    params: z.object({ executionId: z.string() }),
    body: decisionBody,
  },
  async ({ session, tenant, params: { executionId }, body: { reason } }) => {
    const decided = await terminateExecution({ tenant, executionId, userId: session.userId, reason });
    return Response.json(decided, { status: 202 });
  },
);
