import { TransactionIsolationLevel, type ActionRegistrar } from '@shared/workflow/authoring';

/** Writes the decision on an invoice. `updated` is false where the tenant has no such invoice. */
export function registerSetInvoiceStatus(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'setInvoiceStatus',
    'Sets the status of an invoice, with the comment and the person of the decision.',
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
        .where('id', invoiceId)
        .update({
          status,
          decision_comment: comment ?? null,
          decided_by: decidedBy ?? null,
          updated_at: new Date().toISOString(),
        });
      return { updated: rows === 1 };
    },
  );
}
