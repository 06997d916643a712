import { z } from 'zod';
import { apiRoute } from '@/lib/actions/apiRoute';
import { redriveDeadLetter } from '@/lib/workflow';

/** Lets what was put aside go on: 202, its owner sees to it within seconds. */
export const POST = apiRoute(
  { act: 'deadLetter.redrive', params: z.object({ deadLetterId: z.string() }) },
  async ({ session, tenant, params: { deadLetterId } }) =>
    Response.json(await redriveDeadLetter({ tenant, userId: session.userId, deadLetterId }), { status: 202 }),
);
