// Variables of a module are shared by all executions of a process and gone after a restart.
import { chainOf, isFunction, variableOf } from './workflowApi.mjs';

const mutating = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append'.split(' '),
);

export const noModuleState = {
  meta: {
    type: 'problem',
    docs: { description: 'Workflow code changes no variable of its module.' },
    schema: [],
    messages: {
      mutated:
        '"{{name}}" belongs to the module: all executions share it and a restart forgets it. Keep it in a local variable, or with context.data.set(...).',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const check = (node, target) => {
      const { root } = chainOf(target);
      if (root?.type !== 'Identifier' || !isInFunction(node)) return;
      const variable = variableOf(sourceCode, root);
      const [definition] = variable?.defs ?? [];
      if (definition?.type !== 'Variable' && definition?.type !== 'ImportBinding') return;
      if (variable.scope.type !== 'module' && variable.scope.type !== 'global') return;
      context.report({ node, messageId: 'mutated', data: { name: root.name } });
    };
    return {
      AssignmentExpression: (node) => check(node, node.left),
      UpdateExpression: (node) => check(node, node.argument),
      UnaryExpression: (node) => node.operator === 'delete' && check(node, node.argument),
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || callee.computed || !mutating.has(callee.property.name)) return;
        check(node, callee.object);
      },
    };
  },
};

function isInFunction(node) {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return true;
  return false;
}
