import type { SystemForm } from '@/lib/forms/types';

/**
 * An action that must not be started twice began, and nobody knows whether it came to its end. Context data:
 * `actionName`, `description`, `workflowName`, `parameters`, `idempotencyKey`.
 */
export const didThisHappenForm: SystemForm = {
  name: 'did-this-happen-form',
  jsonSchema: {
    type: 'object',
    properties: {
      report: {
        type: 'string',
        title: 'What is not known',
        readOnly: true,
        default:
          'Workflow ${contextData.workflowName} began "${contextData.actionName}" once, and its outcome was lost. ${contextData.description}\n\nIt was called with:\n${contextData.parameters}\n\nKey for looking it up at the other side: ${contextData.idempotencyKey}',
      },
      result: { type: 'string', title: 'Result', maxLength: 4000 },
    },
    'x-outcomes': [
      { value: 'happened', title: 'It happened', tone: 'primary' },
      { value: 'run_again', title: 'It did not: run it again' },
      { value: 'fail', title: 'Let it fail', tone: 'danger' },
    ],
  },
  uiSchema: {
    result: {
      'ui:widget': 'textarea',
      'ui:help': 'If it happened: what it gave, as JSON or as text. The workflow goes on with it. May stay empty.',
    },
  },
};
