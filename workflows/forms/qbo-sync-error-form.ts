import type { SystemForm } from '@/lib/forms/types';

/**
 * QuickBooks refused to take a record. Context data: `workflowInstanceId`, `errorCode`, `errorMessageText`,
 * `entityType`, `entityId`.
 */
export const qboSyncErrorForm: SystemForm = {
  name: 'qbo-sync-error-form',
  jsonSchema: {
    type: 'object',
    properties: {
      errorReport: {
        type: 'string',
        title: 'Error Details',
        readOnly: true,
        default:
          'Workflow Instance ID: ${contextData.workflowInstanceId}\nError Code: ${contextData.errorCode}\nMessage: ${contextData.errorMessageText}\nEntity: ${contextData.entityType} (ID: ${contextData.entityId})',
      },
      retryCheckbox: { type: 'boolean', title: 'Try the sync again' },
      resolutionNotes: { type: 'string', title: 'Resolution notes', maxLength: 4000 },
    },
    'x-outcomes': [{ value: 'resolved', title: 'Resolved', tone: 'primary' }],
  },
  uiSchema: {
    errorReport: { 'ui:widget': 'textarea' },
    resolutionNotes: { 'ui:widget': 'textarea' },
  },
};
