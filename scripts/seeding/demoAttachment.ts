// In the demo, invoices of acme are reviewed from the start; globex attaches the same workflow by a click.
import type postgres from 'postgres';
import { attachWorkflow } from '../../lib/attachments/attachments';

const TENANT = 'acme';
const EVENT_TYPE = 'INVOICE_SUBMITTED';
const WORKFLOW = 'InvoiceReview';

/**
 * Attaches the review of invoices unless somebody has done or undone that already.
 * @throws when the workflow is not registered yet.
 */
export async function seedDemoAttachment({ sql }: { readonly sql: postgres.Sql }): Promise<void> {
  const [registration] = await sql<{ registration_id: string }[]>`
    SELECT registration_id FROM workflow_registrations WHERE name = ${WORKFLOW} AND tenant_id IS NULL`;
  if (registration === undefined) throw new Error(`The workflow ${WORKFLOW} is not registered: publish it first.`);
  const workflowId = registration.registration_id;
  const known = await sql`
    SELECT 1 FROM workflow_event_attachments
    WHERE tenant_id = ${TENANT} AND event_type = ${EVENT_TYPE} AND workflow_id = ${workflowId}`;
  if (known.length > 0) return;
  await attachWorkflow({ sql, tenant: TENANT, userId: null, eventType: EVENT_TYPE, workflowId });
}
