import type { SystemForm } from '@/lib/forms/types';

/**
 * A manager decides on an invoice. `summary` is written by template substitution, `isUrgent` and `resolutionNotes` are
 * filled straight from the context data; the decision is the button that is pressed.
 *
 * Context data: `invoiceNumber`, `customer`, `amountText`, `requesterName`, `note`, `lineSummary`, `isUrgent`,
 * `resolutionNotes`.
 */
export const invoiceReviewForm = {
  name: 'invoice-review-form',
  jsonSchema: {
    type: 'object',
    properties: {
      summary: {
        type: 'string',
        title: 'What happened',
        readOnly: true,
        default:
          '${contextData.requesterName} submitted invoice ${contextData.invoiceNumber} for ${contextData.customer}: ${contextData.amountText}.\n\n${contextData.lineSummary}\n\nNote from ${contextData.requesterName}: ${contextData.note}',
      },
      isUrgent: { type: 'boolean', title: 'This invoice is urgent' },
      resolutionNotes: { type: 'string', title: 'Notes', maxLength: 2000 },
      comment: { type: 'string', title: 'Comment', maxLength: 2000 },
    },
    'x-outcomes': [
      { value: 'approve', title: 'Approve', tone: 'primary' },
      { value: 'reject', title: 'Reject', tone: 'danger', key: 'R', required: ['comment'] },
    ],
  },
  uiSchema: {
    resolutionNotes: {
      'ui:widget': 'textarea',
      'ui:help': 'For whoever looks at this invoice later.',
    },
    comment: {
      'ui:widget': 'textarea',
      'ui:help': '${contextData.requesterName} sees this. Needed when you reject.',
      'ui:messages': { required: 'Say why you reject, so that the next version can be right.' },
    },
  },
} as const satisfies SystemForm;
