import type { SystemTaskDefinitionInput } from '@shared/workflow/authoring';

/** Every type of task that ships with the product; stored as system task definitions when the database is set up. */
export const systemTaskDefinitions: readonly SystemTaskDefinitionInput[] = [
  {
    taskType: 'invoice_review',
    name: 'Invoice review',
    description: 'A manager approves or rejects an invoice above the limit for automatic approval.',
    formName: 'invoice-review-form',
    defaultRoles: ['manager'],
    defaultDue: '2 days',
  },
  {
    taskType: 'invoice_review_escalated',
    name: 'Invoice review, escalated',
    description: 'An administrator decides on an invoice that no manager decided on in time.',
    formName: 'invoice-review-form',
    defaultRoles: ['administrator'],
    defaultPriority: 'high',
    defaultDue: '1 day',
  },
  {
    taskType: 'resolve_item_mapping_error',
    name: 'Resolve a mapping error',
    description: 'Somebody corrects the mapping of an item before a workflow tries again.',
    formName: 'item-mapping-error-form',
    defaultRoles: ['administrator'],
    defaultDue: '1 day',
  },
  {
    taskType: 'qbo_mapping_error',
    name: 'Product without a QuickBooks item',
    description: 'Somebody adds the mapping of a product before its invoice is sent again.',
    formName: 'qbo-mapping-error-form',
    defaultRoles: ['administrator'],
    defaultDue: '1 day',
  },
  {
    taskType: 'item_processing_escalation',
    name: 'Item processing failed',
    description: 'An item could not be processed after several attempts.',
    formName: 'generic-resolution-form',
    defaultRoles: ['administrator'],
    defaultPriority: 'high',
  },
  {
    taskType: 'qbo_sync_error',
    name: 'Accounting sync error',
    description: 'A record could not be sent to the accounting system.',
    formName: 'qbo-sync-error-form',
    defaultRoles: ['administrator'],
  },
  {
    // Created by the engine for actions that must not be started twice.
    taskType: 'did_this_happen',
    name: 'Did this happen?',
    description: 'An action that must not be started twice began, and its outcome was lost.',
    formName: 'did-this-happen-form',
    defaultRoles: ['administrator'],
    defaultPriority: 'high',
    defaultDue: '1 day',
  },
];
