/** Links from an event type to the workflow it starts, tenant by tenant. */
import { BatonError, WorkflowNotFoundError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

export class AttachmentNotFoundError extends BatonError {
  readonly code = 'attachment_not_found';
  readonly httpStatus = 404;
  constructor(eventType: string) {
    super(`${eventType} does not start this workflow in this tenant. Reload the page to see what it starts.`);
  }
}

/** Which workflow an event type starts. `workflowId` is the workflow's `registration_id`. */
export const attachmentSchema = z.object({
  eventType: z
    .string({ error: 'Enter an event type.' })
    .trim()
    .regex(
      /^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/,
      'Use letters, digits and _ . : - for an event type, such as INVOICE_SUBMITTED.',
    ),
  workflowId: z.guid('Choose a workflow.'),
});

interface Attachment extends z.output<typeof attachmentSchema> {
  readonly sql: postgres.Sql;
  readonly tenant: string;
}

/**
 * Makes every further event of this type in the tenant start the workflow. Attaching twice is attaching once.
 * @throws WorkflowNotFoundError when the workflow is neither a system workflow nor one of the tenant.
 */
export async function attachWorkflow({
  sql,
  tenant,
  userId,
  eventType,
  workflowId,
}: Attachment & { readonly userId: string | null }): Promise<void> {
  const rows = await sql`
    INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id, created_by)
    SELECT ${uuidv7()}, ${tenant}, ${eventType}, registration_id, ${userId}
    FROM workflow_registrations
    WHERE registration_id = ${workflowId} AND (tenant_id IS NULL OR tenant_id = ${tenant})
    ON CONFLICT (tenant_id, event_type, workflow_id) DO UPDATE SET is_active = true, updated_at = now()
    RETURNING attachment_id`;
  if (rows.length === 0) throw new WorkflowNotFoundError(workflowId);
}

/**
 * Ends a link. Executions it has started go on.
 * @throws AttachmentNotFoundError when there is no such link in the tenant.
 */
export async function detachWorkflow({ sql, tenant, eventType, workflowId }: Attachment): Promise<void> {
  const rows = await sql`
    UPDATE workflow_event_attachments SET is_active = false, updated_at = now()
    WHERE tenant_id = ${tenant} AND event_type = ${eventType} AND workflow_id = ${workflowId}
    RETURNING attachment_id`;
  if (rows.length === 0) throw new AttachmentNotFoundError(eventType);
}
