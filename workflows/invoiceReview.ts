import {
  defineHumanTask,
  type ContextDataOf,
  type CreatedHumanTask,
  type TaskEnd,
  type WorkflowContext,
} from '@shared/workflow/authoring';
import type { StoredInvoice } from './actions/readInvoice';
import { invoiceReviewForm } from './forms/invoice-review-form';

/** Ties the context data below to what the form's templates name: without one of the keys this does not compile. */
const review = defineHumanTask({ taskType: 'invoice_review', form: invoiceReviewForm });

/**
 * What is believed of `INVOICE_SUBMITTED`: which invoice it is about, and whether it asks for haste. All else is read
 * from the invoice itself, since whoever may send events can write anything into one.
 */
interface InvoiceSubmitted {
  readonly invoiceId: string;
  readonly isUrgent?: unknown;
}

/** How a review ended. `already_decided`: the invoice was decided on elsewhere, and this review changed nothing. */
export interface InvoiceReviewed {
  readonly outcome: 'approved' | 'rejected' | 'already_decided' | 'unknown_invoice';
}

const approvedUnseenUpToCents = 100_000;

/**
 * Decides on a submitted invoice. Up to 1,000 it is approved at once. Above, a manager other than the requester has
 * three days; after that it goes to an administrator, who has all the time they need.
 */
export async function invoiceReviewWorkflow(context: WorkflowContext): Promise<InvoiceReviewed> {
  const { actions, logger, setState } = context;
  const { invoiceId, isUrgent } = context.input.triggerEvent.payload as InvoiceSubmitted;
  const invoice = (await actions.readInvoice({ invoiceId })) as StoredInvoice | null;

  if (invoice === null) {
    logger.warn('There is no such invoice.', { invoiceId });
    setState('unknown invoice');
    return { outcome: 'unknown_invoice' };
  }
  if (invoice.status !== 'submitted') return alreadyDecided(context, invoice.status);

  if (invoice.amountCents <= approvedUnseenUpToCents) {
    logger.info(`${invoice.amountText} is within the limit for automatic approval.`);
    return decide(context, { invoiceId, status: 'approved' });
  }

  const { outcome, output, by: decidedBy } = await askPeople(context, { ...invoice, isUrgent: isUrgent === true });
  // Who declines says why in place of a comment; without an approval nothing is paid.
  const { comment, reason } = output as { comment?: string; reason?: string };
  const status = outcome === 'approve' ? 'approved' : 'rejected';
  return decide(context, { invoiceId, status, comment: comment ?? reason, decidedBy });
}

interface Decision {
  readonly invoiceId: string;
  readonly status: 'approved' | 'rejected';
  readonly comment?: string;
  readonly decidedBy?: string | null;
}

/** Writes the decision, unless somebody else has decided meanwhile. */
async function decide(context: WorkflowContext, decision: Decision): Promise<InvoiceReviewed> {
  const { updated, status } = (await context.actions.setInvoiceStatus(decision)) as {
    updated: boolean;
    status: string | null;
  };
  if (!updated) return alreadyDecided(context, status);
  context.setState(decision.status);
  return { outcome: decision.status };
}

function alreadyDecided({ logger, setState }: WorkflowContext, status: string | null): InvoiceReviewed {
  logger.warn(`The invoice is ${status ?? 'gone'} already; this review leaves it as it is.`);
  setState('decided elsewhere');
  return { outcome: 'already_decided' };
}

/** A manager first; where none decides in three days, or one declines to, an administrator. */
async function askPeople(context: WorkflowContext, invoice: StoredInvoice & { isUrgent: boolean }): Promise<TaskEnd> {
  const { events, logger, setState } = context;
  setState('waiting for a manager');
  const asked = await askFor(context, invoice, { taskType: review.taskType, role: 'manager' });
  const decided = await events.waitFor<TaskEnd>(asked.completionEvent, { timeout: '3 days' });
  if (decided?.payload.status === 'completed') return decided.payload;

  logger.warn(decided === null ? 'No manager decided in three days.' : 'The manager declined to decide.');
  setState('waiting for an administrator');
  const escalated = await askFor(context, invoice, { taskType: 'invoice_review_escalated', role: 'administrator' });
  return (await events.waitFor<TaskEnd>(escalated.completionEvent)).payload;
}

/** Asks the people of a role, except the one who made the request. */
function askFor(
  { actions }: WorkflowContext,
  invoice: StoredInvoice & { isUrgent: boolean },
  { taskType, role }: { taskType: string; role: string },
): Promise<CreatedHumanTask> {
  return actions.createHumanTask({
    taskType,
    title: `Approve invoice ${invoice.invoiceNumber} · ${invoice.customer}`,
    assignTo: { roles: [role] },
    distinctFrom: [invoice.requesterId],
    priority: invoice.isUrgent ? 'urgent' : 'normal',
    contextData: { ...invoice, resolutionNotes: '' } satisfies ContextDataOf<typeof review>,
  });
}
