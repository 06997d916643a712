// A promise that the engine does not know is not settled by a replay. Flags what is certainly foreign.
import { bare, chainOf, isFunction, valueOf, variableOf } from './workflowApi.mjs';

const authoring = /^@shared\/workflow\/authoring$/;
const promiseCombinators = new Set(['all', 'allSettled', 'race', 'any', 'resolve', 'reject']);

export const awaitContextOnly = {
  meta: {
    type: 'problem',
    docs: { description: 'Workflow code awaits actions, waits, sleeps and functions of its own, and nothing else.' },
    schema: [],
    messages: {
      foreign:
        '"{{what}}" is no part of the log, so a replay cannot settle it. Do it in an action and await context.actions.yourAction(...).',
      promise:
        'Nothing in the log settles this promise. Await an action, events.waitFor(...) or context.sleep(...) instead.',
      imports: 'Load modules at the top of the file: awaiting import() is no part of the log.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const reported = new Set();
    const check = (node) => {
      const value = bare(node);
      if (!value || reported.has(value)) return;
      if (value.type === 'Identifier') return check(valueOf(sourceCode, value));
      checkValue(value);
    };
    const checkValue = (value) => {
      const report = (about) => {
        reported.add(value);
        context.report({ node: value, ...about });
      };
      if (value.type === 'ImportExpression') return report({ messageId: 'imports' });
      if (value.type === 'NewExpression' && value.callee.name === 'Promise') {
        return report({ messageId: 'promise' });
      }
      if (value.type !== 'CallExpression') return;
      const { root, path } = chainOf(value.callee);
      if (['then', 'catch', 'finally'].includes(path.at(-1)) && path.length === 1) return check(root);
      if (root?.type !== 'Identifier') return;
      if (isForeign(root, path)) {
        report({ messageId: 'foreign', data: { what: sourceCode.getText(value.callee) } });
      }
    };
    const isForeign = (root, path) => {
      const variable = variableOf(sourceCode, root);
      if (!variable) return !(root.name === 'Promise' && promiseCombinators.has(path[0]));
      const [definition] = variable.defs;
      if (definition.type !== 'ImportBinding') return false;
      const source = definition.parent.source.value;
      return !source.startsWith('.') && !authoring.test(source);
    };
    return {
      AwaitExpression: (node) => check(node.argument),
      ForOfStatement: (node) => node.await && checkValue(bare(node.right)),
      ReturnStatement(node) {
        const owner = functionOf(node);
        if (owner?.async) check(onlyPromises(node.argument));
      },
      CallExpression(node) {
        const { root, path } = chainOf(node.callee);
        if (root?.name !== 'Promise' || !['all', 'allSettled', 'race', 'any'].includes(path[0])) return;
        const [list] = node.arguments;
        if (list?.type === 'ArrayExpression') for (const element of list.elements) check(element);
      },
    };
  },
};

/** A returned `new Promise` or `import()` is awaited by the caller; a returned call may be anything. */
function onlyPromises(node) {
  const value = bare(node);
  return value?.type === 'NewExpression' || value?.type === 'ImportExpression' ? value : null;
}

function functionOf(node) {
  let owner = node.parent;
  while (owner && !isFunction(owner)) owner = owner.parent;
  return owner;
}
