import type { CreatedHumanTask, TaskEnd, WorkflowContext } from '@shared/workflow/authoring';

/** What `INVOICE_SUBMITTED` carries. Amounts are in cents; `amountText` is the amount as people read it. */
interface SubmittedInvoice {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly customer: string;
  readonly amountCents: number;
  readonly amountText: string;
  readonly currency: string;
  readonly note: string | null;
  readonly lineSummary: string;
  readonly requesterId: string;
  readonly requesterName: string;
  readonly isUrgent: boolean;
}

const approvedUnseenUpToCents = 100_000;

/**
 * Version 1, for the executions that began with it; new ones begin with `invoiceReview.ts`. It decides by what the event
 * says of the invoice. Nothing of it may change, or its executions could not be brought back from their logs.
 */
export async function invoiceReviewV1Workflow(context: WorkflowContext): Promise<void> {
  const { actions, events, logger, setState } = context;
  const invoice = context.input.triggerEvent.payload as SubmittedInvoice;
  const { invoiceId, amountCents, amountText } = invoice;

  if (amountCents <= approvedUnseenUpToCents) {
    logger.info(`${amountText} is within the limit for automatic approval.`);
    await actions.setInvoiceStatus({ invoiceId, status: 'approved' });
    setState('approved');
    return;
  }

  setState('waiting for a manager');
  const review = await askFor(context, invoice, { taskType: 'invoice_review', role: 'manager' });
  let decided = await events.waitFor<TaskEnd>(review.completionEvent, { timeout: '3 days' });

  if (decided === null) {
    logger.warn('No manager decided in three days.');
    setState('waiting for an administrator');
    const escalated = await askFor(context, invoice, { taskType: 'invoice_review_escalated', role: 'administrator' });
    decided = await events.waitFor<TaskEnd>(escalated.completionEvent);
  }

  const { outcome, output, by: decidedBy } = decided.payload;
  const { comment } = output as { comment?: string };
  const status = outcome === 'approve' ? 'approved' : 'rejected';
  await actions.setInvoiceStatus({ invoiceId, status, comment, decidedBy });
  setState(status);
}

/** Asks the people of a role, except the one who made the request. */
function askFor(
  { actions }: WorkflowContext,
  invoice: SubmittedInvoice,
  { taskType, role }: { taskType: string; role: string },
): Promise<CreatedHumanTask> {
  return actions.createHumanTask({
    taskType,
    title: `Approve invoice ${invoice.invoiceNumber} · ${invoice.customer}`,
    assignTo: { roles: [role] },
    distinctFrom: [invoice.requesterId],
    priority: invoice.isUrgent ? 'urgent' : 'normal',
    contextData: { ...invoice, resolutionNotes: '' },
  });
}
