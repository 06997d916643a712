'use server';
import { serverAction } from '@/lib/actions/serverAction';
import { attachmentSchema, attachWorkflow, detachWorkflow } from '@/lib/attachments';

/** Makes every further event of a type start a workflow in the caller's tenant. */
export const attachWorkflowAction = serverAction(
  { act: 'attachment.manage', input: attachmentSchema },
  async ({ session, tenant, input }) => {
    await attachWorkflow({ tenant, userId: session.userId, ...input });
    return input;
  },
);

/** Ends such a link; executions it has started go on. */
export const detachWorkflowAction = serverAction(
  { act: 'attachment.manage', input: attachmentSchema },
  async ({ tenant, input }) => {
    await detachWorkflow({ tenant, ...input });
    return input;
  },
);
