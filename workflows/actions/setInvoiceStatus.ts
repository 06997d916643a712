import { TransactionIsolationLevel, type ActionRegistrar } from '@shared/workflow/authoring';

/**
 * Writes the decision on an invoice that is still to be decided. `updated` is false where it is not: `status` then tells
 * what it is, and is null where the tenant has no such invoice.
 */
export function registerSetInvoiceStatus(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'setInvoiceStatus',
    'Decides on a submitted invoice, with the comment and the person of the decision.',
    [
      { name: 'invoiceId', type: 'string', required: true },
      { name: 'status', type: 'string', required: true, description: 'approved or rejected' },
      { name: 'comment', type: 'string' },
      { name: 'decidedBy', type: 'string', description: 'Left out where no person decided.' },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ invoiceId, status, comment, decidedBy }, { transaction }) => {
      if (status !== 'approved' && status !== 'rejected') {
        throw new Error(`"${status}" is no decision on an invoice: use approved or rejected.`);
      }
      const rows = await transaction('invoices')
        .where({ id: invoiceId, status: 'submitted' })
        .update({
          status,
          decision_comment: comment ?? null,
          decided_by: decidedBy ?? null,
          updated_at: new Date().toISOString(),
        });
      if (rows === 1) return { updated: true, status };
      const [found] = (await transaction('invoices').where('id', invoiceId).pluck('status')) as string[];
      return { updated: false, status: found ?? null };
    },
  );
}
