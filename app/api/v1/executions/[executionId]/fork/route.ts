import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { forkSchema } from '@/lib/actions/decisionInput';
import { forkExecution } from '@/lib/workflow';

/** Starts a new execution with the entries 1 to `from` of this one's log. This one stays as it is. */
export const POST = apiRoute(
  {
    act: 'execution.operate',
    params: z.object({ executionId: z.string() }),
    body: z.strictObject(forkSchema.shape),
  },
  async ({ session, tenant, params: { executionId }, body }) => {
    const fork = await forkExecution({ ...body, tenant, executionId, userId: session.userId });
    return Response.json({ ...fork, forkedFrom: executionId, from: body.from }, { status: 201 });
  },
);
