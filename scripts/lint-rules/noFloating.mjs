// What nobody awaits is decided by nobody: its failure is not seen, and the code may end before it.
import { calleeText, commandOf } from './workflowApi.mjs';

export const noFloating = {
  meta: {
    type: 'problem',
    docs: { description: 'Actions, waits and sleeps are awaited, or gathered and awaited later.' },
    schema: [],
    messages: {
      floating:
        'Nobody awaits {{what}}. Write await {{what}}(...), or keep the promise and await it later, such as with Promise.all.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    return {
      ExpressionStatement({ expression }) {
        const value = expression.type === 'UnaryExpression' ? expression.argument : expression;
        if (commandOf(sourceCode, value) === null || startsChild(sourceCode, value)) return;
        context.report({ node: expression, messageId: 'floating', data: { what: calleeText(sourceCode, value) } });
      },
    };
  },
};

/** A child that is started runs on its own: `children.start` gives a handle and no promise. */
const startsChild = (sourceCode, call) => calleeText(sourceCode, call).endsWith('children.start');
