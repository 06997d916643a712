import type { ActionRegistrar, WorkflowDefinition, WorkflowFunction } from '@shared/workflow/authoring';
import { registerSetInvoiceStatus } from './actions/setInvoiceStatus';
import { invoiceReviewWorkflow } from './invoiceReview';

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
  registerSetInvoiceStatus(actions);

  workflows.register(invoiceReviewWorkflow, {
    description: 'Approves small invoices; a manager decides on the others, an administrator after three days.',
  });
}
