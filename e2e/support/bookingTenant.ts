// A tenant of a journey's own whose invoices are reviewed and booked.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from './database';

const attached = [
  ['INVOICE_SUBMITTED', 'InvoiceReview'],
  ['INVOICE_BOOKING_REQUESTED', 'InvoiceBooking'],
] as const;

export async function foundBookingTenant({ sql }: Database): Promise<string> {
  const tenant = `books-${randomBytes(4).toString('hex')}`;
  await sql.begin(async (tx) => {
    await tx`INSERT INTO tenants (tenant_id, name) VALUES (${tenant}, ${tenant})`;
    for (const [eventType, workflow] of attached) {
      await tx`
        INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
        SELECT ${randomUUID()}, ${tenant}, ${eventType}, registration_id
        FROM workflow_registrations WHERE name = ${workflow}`;
    }
  });
  return tenant;
}
