import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { decisionBody } from '@/lib/actions/decisionInput';
import { resumeExecution } from '@/lib/workflow';

/** Lets a paused execution go on. Accepted once it is stored; the execution's log tells what came of it. */
export const POST = apiRoute(
  {
    act: 'execution.operate',
    params: z.object({ executionId: z.string() }),
    body: decisionBody,
  },
  async ({ session, tenant, params: { executionId }, body: { reason } }) => {
    const decided = await resumeExecution({ tenant, executionId, userId: session.userId, reason });
    return Response.json(decided, { status: 202 });
  },
);
