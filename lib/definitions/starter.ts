/** The text that a form begins with which nobody has written yet: what every form needs, ready to be changed. */
export const starterForm = {
  jsonSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', title: 'What happened', readOnly: true, default: '${contextData.summary}' },
      comment: { type: 'string', title: 'Comment', maxLength: 2000 },
    },
    'x-outcomes': [{ value: 'done', title: 'Done', tone: 'primary' }],
  },
  uiSchema: { comment: { 'ui:widget': 'textarea' } },
  sampleContext: { summary: 'What the person should know before they answer.' },
} as const;

/** How a document of a form is written where nobody has typed it. */
export const written = (value: unknown): string => JSON.stringify(value, null, 2);
