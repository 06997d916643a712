// In the demo, invoices of acme are reviewed and booked from the start; globex attaches the same workflows by a click.
import type postgres from 'postgres';
import { attachWorkflow } from '../../lib/attachments/attachments';
import { bookingEventType } from '../../lib/invoices/booking';

const TENANT = 'acme';
const attached = [
  { eventType: 'INVOICE_SUBMITTED', workflow: 'InvoiceReview' },
  { eventType: bookingEventType, workflow: 'InvoiceBooking' },
] as const;

/**
 * Attaches the review and the booking of invoices unless somebody has done or undone that already.
 * @throws when a workflow is not registered yet.
 */
export async function seedDemoAttachments({ sql }: { readonly sql: postgres.Sql }): Promise<void> {
  for (const link of attached) await attachOnce({ sql, ...link });
}

async function attachOnce({
  sql,
  eventType,
  workflow,
}: (typeof attached)[number] & { readonly sql: postgres.Sql }): Promise<void> {
  const [registration] = await sql<{ registration_id: string }[]>`
    SELECT registration_id FROM workflow_registrations WHERE name = ${workflow} AND tenant_id IS NULL`;
  if (registration === undefined) throw new Error(`The workflow ${workflow} is not registered: publish it first.`);
  const workflowId = registration.registration_id;
  const known = await sql`
    SELECT 1 FROM workflow_event_attachments
    WHERE tenant_id = ${TENANT} AND event_type = ${eventType} AND workflow_id = ${workflowId}`;
  if (known.length > 0) return;
  await attachWorkflow({ sql, tenant: TENANT, userId: null, eventType, workflowId });
}
