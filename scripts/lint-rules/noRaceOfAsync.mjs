// Promise.race withdraws waits that it is given themselves. One inside an async function goes on and eats an event.
import { bare, chainOf, commandOf, isFunction, variableOf } from './workflowApi.mjs';

export const noRaceOfAsync = {
  meta: {
    type: 'problem',
    docs: { description: 'Promise.race and Promise.any are given waits themselves, not functions that wait.' },
    schema: [],
    messages: {
      nested:
        'A wait inside this goes on when it loses Promise.{{name}}, and eats the next event. Pass the wait itself, and do what comes after it once the race is decided.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const holdsWaits = (node, seen = new Set()) => {
      if (!node || seen.has(node)) return false;
      seen.add(node);
      return contains(node, (inner) => {
        const command = commandOf(sourceCode, inner);
        if (command === 'wait' || command === 'sleep') return true;
        const called = inner.type === 'CallExpression' ? declarationOf(sourceCode, inner.callee) : null;
        return called !== null && holdsWaits(called, seen);
      });
    };
    const isNested = (element) => {
      const value = bare(element);
      if (value?.type !== 'CallExpression' || commandOf(sourceCode, value) !== null) return false;
      const { root, path } = chainOf(value.callee);
      if (['then', 'catch', 'finally'].includes(path.at(-1))) return holdsWaits(root);
      if (isFunction(root)) return holdsWaits(root);
      const called = declarationOf(sourceCode, value.callee);
      return called !== null && holdsWaits(called);
    };
    return {
      CallExpression(node) {
        const { root, path } = chainOf(node.callee);
        const [name] = path;
        if (root?.name !== 'Promise' || (name !== 'race' && name !== 'any')) return;
        const [list] = node.arguments;
        if (list?.type !== 'ArrayExpression') return;
        for (const element of list.elements) {
          if (element && isNested(element)) context.report({ node: element, messageId: 'nested', data: { name } });
        }
      },
    };
  },
};

/** The function of this file that a callee means. */
function declarationOf(sourceCode, callee) {
  if (isFunction(bare(callee))) return bare(callee);
  if (callee.type !== 'Identifier') return null;
  const [definition] = variableOf(sourceCode, callee)?.defs ?? [];
  if (definition?.type === 'FunctionName') return definition.node;
  return definition?.type === 'Variable' && isFunction(definition.node.init) ? definition.node.init : null;
}

function contains(node, test) {
  if (test(node)) return true;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent' || value === null || typeof value !== 'object') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string' && contains(child, test)) return true;
    }
  }
  return false;
}
