import type { ActionRegistrar, WorkflowDefinition, WorkflowFunction } from '@shared/workflow/authoring';
import { registerBooking } from './actions/booking';
import { registerReadInvoice } from './actions/readInvoice';
import { registerSetInvoiceStatus } from './actions/setInvoiceStatus';
import { invoiceBookingWorkflow } from './invoiceBooking';
import { invoiceReviewWorkflow } from './invoiceReview';
import { invoiceReviewV1Workflow } from './invoiceReviewV1';

export { systemForms } from './forms';
export { systemTaskDefinitions } from './taskDefinitions';

/** The part of a registry of workflows that is used here. */
interface WorkflowRegistrar {
  register(
    workflow: WorkflowFunction | WorkflowDefinition,
    options?: { readonly name?: string; readonly version?: string; readonly description?: string },
  ): unknown;
}

/** Registers everything that ships with the product. */
export function registerAll({
  workflows,
  actions,
}: {
  readonly workflows: WorkflowRegistrar;
  readonly actions: ActionRegistrar;
}): void {
  registerReadInvoice(actions);
  registerSetInvoiceStatus(actions);
  registerBooking(actions);

  // New executions begin with the highest version of a name; those under way stay on theirs.
  workflows.register(invoiceReviewV1Workflow, { name: 'InvoiceReview', version: '1' });
  workflows.register(invoiceReviewWorkflow, {
    version: '2',
    description: 'Approves small invoices; a manager decides on the others, an administrator after three days.',
  });
  workflows.register(invoiceBookingWorkflow, {
    version: '1',
    description:
      'Books approved invoices; where a product has no QuickBooks item, people name it once for all of them.',
  });
}
