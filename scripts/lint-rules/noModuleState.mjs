// Variables of a module are shared by all executions of a process and gone after a restart.
import { bare, chainOf, isFunction, variableOf } from './workflowApi.mjs';

const mutating = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append'.split(' '),
);
/** Functions that change their first argument. */
const mutators = new Set(
  ['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf']
    .map((name) => `Object.${name}`)
    .concat(['set', 'deleteProperty', 'defineProperty', 'setPrototypeOf'].map((name) => `Reflect.${name}`)),
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
    /** @param isPart whether what a variable holds is changed, and not which value it holds. */
    const check = (node, target, isPart = bare(target)?.type === 'MemberExpression') => {
      const { root } = chainOf(target);
      if (root?.type !== 'Identifier' || !isInFunction(node)) return;
      const shared = sharedOf(root, isPart);
      if (shared !== null) context.report({ node, messageId: 'mutated', data: { name: shared } });
    };
    /** The name of the module's variable that an identifier means, itself or by a name that a function gave to it. */
    const sharedOf = (identifier, isPart, depth = 0) => {
      const variable = variableOf(sourceCode, identifier);
      const [definition] = variable?.defs ?? [];
      if (definition?.type !== 'Variable' && definition?.type !== 'ImportBinding') return null;
      if (variable.scope.type === 'module' || variable.scope.type === 'global') return identifier.name;
      const isFinal = variable.references.every((reference) => reference.init === true || !reference.isWrite());
      const { root } = chainOf(definition.node.init);
      if (!isPart || !isFinal || root?.type !== 'Identifier' || depth > 4) return null;
      return sharedOf(root, isPart, depth + 1);
    };
    const checkTargets = (node, pattern) => {
      for (const target of targetsOf(pattern)) check(node, target);
    };
    return {
      AssignmentExpression: (node) => checkTargets(node, node.left),
      ForInStatement: (node) => checkTargets(node, node.left),
      ForOfStatement: (node) => checkTargets(node, node.left),
      UpdateExpression: (node) => check(node, node.argument),
      UnaryExpression: (node) => node.operator === 'delete' && check(node, node.argument),
      CallExpression(node) {
        const { callee } = node;
        const { root, path } = chainOf(callee);
        if (mutators.has(`${root?.name}.${path.join('.')}`)) check(node, node.arguments[0], true);
        if (callee.type !== 'MemberExpression' || callee.computed || !mutating.has(callee.property.name)) return;
        check(node, callee.object, true);
      },
    };
  },
};

/** What a pattern writes to: `[a, { b: c.d = 1 }, ...e]` to a, c.d and e. */
function targetsOf(pattern) {
  switch (pattern?.type) {
    case 'ArrayPattern':
      return pattern.elements.flatMap(targetsOf);
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => targetsOf(property.value ?? property.argument));
    case 'AssignmentPattern':
      return targetsOf(pattern.left);
    case 'RestElement':
      return targetsOf(pattern.argument);
    case 'Identifier':
    case 'MemberExpression':
      return [pattern];
    default:
      return pattern?.type.startsWith('TS') ? [pattern] : [];
  }
}

function isInFunction(node) {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return true;
  return false;
}
