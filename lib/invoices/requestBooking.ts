import { InvalidInputError } from '@shared/workflow/model/errors';
import { inTransaction, submitEventIn } from '../workflow';
import { bookingEventType, mostBookedAtOnce } from './booking';
import { formatInvoiceNumber } from './amounts';

interface AskedRow {
  readonly id: string;
  readonly number: number;
  readonly customer: string;
}

/**
 * Asks for the booking of the approved invoices that nobody has asked for yet, the oldest first, a hundred at most: the
 * mark on each invoice, its event and the executions that it starts are one commit.
 * @returns how many there were.
 * @throws InvalidInputError where nothing in the tenant books invoices.
 */
export async function requestBooking({
  tenant,
  userId,
}: {
  readonly tenant: string;
  readonly userId: string;
}): Promise<{ readonly count: number }> {
  const { count, announcements } = await inTransaction(async (tx) => {
    const attached = await tx`
      SELECT FROM workflow_event_attachments
      WHERE tenant_id = ${tenant} AND event_type = ${bookingEventType} AND is_active`;
    if (attached.length === 0) {
      throw new InvalidInputError(
        `Nothing books invoices here. An administrator attaches a workflow to ${bookingEventType} in the console.`,
      );
    }
    // Two requests at once: the second one takes what the first did not.
    const asked = await tx<AskedRow[]>`
      UPDATE invoices SET booking_requested_at = now(), updated_at = now()
      WHERE id IN (
        SELECT id FROM invoices
        WHERE tenant_id = ${tenant} AND status = 'approved' AND booking_requested_at IS NULL
        ORDER BY created_at, number LIMIT ${mostBookedAtOnce} FOR UPDATE SKIP LOCKED)
      RETURNING id, number, customer`;
    const announcements = [];
    for (const { id, number, customer } of asked) {
      const { afterCommit } = await submitEventIn(tx, {
        tenant,
        userId,
        eventType: bookingEventType,
        subject: `${formatInvoiceNumber(number)} · ${customer}`,
        payload: { invoiceId: id },
      });
      announcements.push(afterCommit);
    }
    return { count: asked.length, announcements };
  });
  await Promise.all(announcements.map((announce) => announce()));
  return { count };
}
