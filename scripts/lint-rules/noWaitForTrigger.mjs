// The event that started the workflow is its input. It never comes again, so that a wait for it waits for another one.
import { apiPath, bare, chainOf, commandOf, isFunction, literalText, variableOf } from './workflowApi.mjs';

export const noWaitForTrigger = {
  meta: {
    type: 'problem',
    docs: { description: 'A workflow does not wait for the event that started it.' },
    schema: [
      {
        type: 'object',
        properties: { triggers: { type: 'array', items: { type: 'string' } } },
        additionalProperties: false,
      },
    ],
    messages: {
      first:
        '"{{name}}" starts workflows: the event has happened when the code begins. Read it from context.input.triggerEvent.',
      own: 'The trigger is never in the mailbox. Read it from context.input.triggerEvent instead of waiting for it.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const triggers = new Set(context.options[0]?.triggers ?? []);
    const begun = new Set();
    return {
      CallExpression(node) {
        if (commandOf(sourceCode, node) !== 'wait') return;
        const names = namesIn(node.arguments[0]);
        if (names.some((name) => isTriggersName(sourceCode, name))) {
          return context.report({ node, messageId: 'own' });
        }
        const owner = outermost(node);
        if (begun.has(owner)) return;
        begun.add(owner);
        const name = names.map(literalText).find((text) => text !== null && triggers.has(text));
        if (name) context.report({ node, messageId: 'first', data: { name } });
      },
    };
  },
};

const namesIn = (node) => (node?.type === 'ArrayExpression' ? node.elements : node ? [node] : []);

function isTriggersName(sourceCode, node) {
  const { root, path } = chainOf(node);
  const last = path.at(-1);
  if (last !== 'name' && last !== 'type') return false;
  const api = apiPath(sourceCode, node);
  if (api) return api[0] === 'input' && api[1] === 'triggerEvent';
  const [definition] = root?.type === 'Identifier' ? (variableOf(sourceCode, root)?.defs ?? []) : [];
  return definition?.type === 'Variable' && root.name === 'triggerEvent' && bare(definition.node.init) !== null;
}

function outermost(node) {
  let owner = null;
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) owner = at;
  return owner;
}
