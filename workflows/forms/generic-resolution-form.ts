import type { SystemForm } from '@/lib/forms/types';

/** Something went wrong that a person has to put right before the workflow tries again. Context data: `errorMessage`. */
export const genericResolutionForm: SystemForm = {
  name: 'generic-resolution-form',
  jsonSchema: {
    type: 'object',
    properties: {
      errorReport: {
        type: 'string',
        title: 'What happened',
        readOnly: true,
        default: '${contextData.errorMessage}',
      },
      resolutionNotes: { type: 'string', title: 'Resolution notes', maxLength: 4000 },
    },
    'x-outcomes': [{ value: 'resolved', title: 'Resolved', tone: 'primary', required: ['resolutionNotes'] }],
  },
  uiSchema: {
    resolutionNotes: {
      'ui:widget': 'textarea',
      'ui:help': 'The workflow tries again as soon as you send this.',
      'ui:messages': { required: 'Say how it was resolved.' },
    },
  },
};
