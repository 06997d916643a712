'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { redriveDeadLetter } from '@/lib/workflow';

/** Lets what was put aside go on. */
export const redriveDeadLetterAction = serverAction(
  { act: 'deadLetter.redrive', input: z.object({ deadLetterId: z.guid('This is no id of a dead letter.') }) },
  async ({ session, tenant, input: { deadLetterId } }) =>
    redriveDeadLetter({ tenant, userId: session.userId, deadLetterId }),
);
