import type { SystemForm } from '@/lib/forms/types';

/**
 * A product has no counterpart in QuickBooks. Context data: `productName`, `productId`, `companyName`,
 * `errorMessage`.
 */
export const qboMappingErrorForm: SystemForm = {
  name: 'qbo-mapping-error-form',
  jsonSchema: {
    type: 'object',
    properties: {
      productDetails: {
        type: 'string',
        title: 'Product without a QuickBooks item',
        readOnly: true,
        default:
          'Product: ${contextData.productName} (ID: ${contextData.productId})\nCompany: ${contextData.companyName}\nMessage: ${contextData.errorMessage}',
      },
      mappingAdded: {
        type: 'string',
        title: 'Is the mapping in place now?',
        oneOf: [
          { const: 'added', title: 'Yes, I added it', description: 'The invoice is sent to QuickBooks again.' },
          { const: 'not_needed', title: 'It is not needed', description: 'This product is left out.' },
        ],
      },
      resolutionNotes: { type: 'string', title: 'Resolution notes', maxLength: 4000 },
    },
    required: ['mappingAdded'],
    'x-outcomes': [{ value: 'resolved', title: 'Resolved', tone: 'primary' }],
  },
  uiSchema: {
    mappingAdded: { 'ui:widget': 'radio' },
    resolutionNotes: { 'ui:widget': 'textarea', 'ui:placeholder': 'Anything the next person should know' },
  },
};
