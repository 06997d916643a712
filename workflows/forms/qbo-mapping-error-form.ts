import type { SystemForm } from '@/lib/forms/types';

/**
 * A product has no counterpart in QuickBooks. Context data: `productName`, `productId`, `companyName`,
 * `errorMessage`.
 */
export const qboMappingErrorForm = {
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
        title: 'Is there an item in QuickBooks?',
        oneOf: [
          {
            const: 'added',
            title: 'Yes, I name the item',
            description: 'Whatever waits for it goes on with this item.',
          },
          { const: 'not_needed', title: 'None is needed', description: 'This product is left out.' },
        ],
      },
      resolutionNotes: { type: 'string', title: 'Resolution notes', maxLength: 4000 },
    },
    required: ['mappingAdded'],
    if: { properties: { mappingAdded: { const: 'added' } }, required: ['mappingAdded'] },
    then: {
      properties: { quickbooksItem: { type: 'string', title: 'QuickBooks item', minLength: 1, maxLength: 100 } },
      required: ['quickbooksItem'],
    },
    'x-outcomes': [{ value: 'resolved', title: 'Resolved', tone: 'primary' }],
  },
  uiSchema: {
    'ui:order': ['productDetails', 'mappingAdded', 'quickbooksItem', '*'],
    mappingAdded: { 'ui:widget': 'radio' },
    quickbooksItem: {
      'ui:help': 'Its name or number, as QuickBooks shows it. It is kept for this product from now on.',
      'ui:messages': { required: 'Name the item that this product is booked on.' },
    },
    resolutionNotes: { 'ui:widget': 'textarea', 'ui:placeholder': 'Anything the next person should know' },
  },
} as const satisfies SystemForm;
