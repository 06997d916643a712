import type { SystemForm } from '@/lib/forms/types';

/**
 * An item cannot be processed because its mapping is missing or wrong. Context data: `itemId`, `errorMessage`,
 * `currentAttempt`, `maxAttempts`, `workflowInstanceId`.
 */
export const itemMappingErrorForm: SystemForm = {
  name: 'item-mapping-error-form',
  jsonSchema: {
    type: 'object',
    properties: {
      errorReport: {
        type: 'string',
        title: 'What happened',
        readOnly: true,
        default:
          'Item: ${contextData.itemId}\nMessage: ${contextData.errorMessage}\nAttempt: ${contextData.currentAttempt} of ${contextData.maxAttempts}\nWorkflow Instance ID: ${contextData.workflowInstanceId}',
      },
      resolutionNotes: { type: 'string', title: 'Resolution notes', maxLength: 4000 },
    },
    'x-outcomes': [{ value: 'resolved', title: 'Mapping is in place', tone: 'primary' }],
  },
  uiSchema: {
    resolutionNotes: { 'ui:widget': 'textarea', 'ui:help': 'The workflow tries again as soon as you send this.' },
  },
};
