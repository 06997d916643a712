// Promise.race withdraws waits that it is given themselves. One inside an async function goes on and eats an event.
import { bare, chainOf, commandOf, isFunction, valueOf, variableOf } from './workflowApi.mjs';

const copying = new Set(['filter', 'slice', 'concat', 'reverse', 'toReversed', 'sort', 'toSorted', 'values', 'flat']);
const mapping = new Set(['map', 'flatMap']);

export const noRaceOfAsync = {
  meta: {
    type: 'problem',
    docs: {
      description:
        'Promise.race and Promise.any are given waits themselves, not functions that wait, also by way of lists.',
    },
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
    /** Whether racing this lets a wait go on that the race does not see. */
    const isNested = (element, seen = new Set()) => {
      const value = bare(element);
      if (!value || seen.has(value)) return false;
      seen.add(value);
      if (value.type === 'Identifier') return isNested(valueOf(sourceCode, value), seen);
      if (value.type === 'ConditionalExpression') {
        return isNested(value.consequent, seen) || isNested(value.alternate, seen);
      }
      if (value.type === 'LogicalExpression') return isNested(value.left, seen) || isNested(value.right, seen);
      if (value.type !== 'CallExpression' || commandOf(sourceCode, value) !== null) return false;
      const { root, path } = chainOf(value.callee);
      if (['then', 'catch', 'finally'].includes(path.at(-1))) {
        const raced = value.callee.object;
        return isNested(raced, seen) || holdsWaits(raced) || holdsWaits(valueOf(sourceCode, raced));
      }
      if (isFunction(root)) return holdsWaits(root);
      const called = declarationOf(sourceCode, value.callee);
      return called !== null && holdsWaits(called);
    };
    /** The expressions of a list which let a wait go on. */
    const nestedIn = (list, seen = new Set()) => {
      const value = bare(list);
      if (!value || seen.has(value)) return [];
      seen.add(value);
      if (value.type === 'Identifier') {
        const pushed = pushedTo(sourceCode, value).filter((element) => isNested(element));
        return [...nestedIn(valueOf(sourceCode, value), seen), ...pushed];
      }
      if (value.type === 'ConditionalExpression') {
        return [...nestedIn(value.consequent, seen), ...nestedIn(value.alternate, seen)];
      }
      if (value.type === 'ArrayExpression') {
        return value.elements.flatMap((element) => {
          if (element?.type === 'SpreadElement') return nestedIn(element.argument, seen);
          return isNested(element) ? [element] : [];
        });
      }
      if (value.type !== 'CallExpression') return [];
      const { root, path } = chainOf(value.callee);
      const method = path.at(-1);
      const [first, second] = value.arguments;
      if (root?.name === 'Array' && method === 'of') return value.arguments.filter((element) => isNested(element));
      if (root?.name === 'Array' && method === 'from') return second ? makesNested(second) : nestedIn(first, seen);
      if (root?.name === 'Object' && method === 'values') return nestedInRecord(sourceCode, first, isNested);
      if (mapping.has(method)) return makesNested(first);
      return copying.has(method)
        ? [value.callee.object, ...value.arguments].flatMap((each) => nestedIn(each, seen))
        : [];
    };
    const makesNested = (mapper) => {
      const made = declarationOf(sourceCode, mapper);
      if (made === null) return [];
      if (made.async) return holdsWaits(made) ? [mapper] : [];
      return resultsOf(made).filter((result) => isNested(result));
    };
    return {
      CallExpression(node) {
        const { root, path } = chainOf(node.callee);
        const [name] = path;
        if (root?.name !== 'Promise' || (name !== 'race' && name !== 'any')) return;
        for (const element of nestedIn(node.arguments[0])) {
          context.report({ node: element, messageId: 'nested', data: { name } });
        }
      },
    };
  },
};

/** What `list.push(...)` adds to a list of this file. */
function pushedTo(sourceCode, identifier) {
  return (variableOf(sourceCode, identifier)?.references ?? []).flatMap(({ identifier: { parent } }) => {
    const isPush = parent.type === 'MemberExpression' && ['push', 'unshift'].includes(parent.property.name);
    const call = isPush ? parent.parent : null;
    return call?.type === 'CallExpression' && call.callee === parent ? call.arguments : [];
  });
}

function nestedInRecord(sourceCode, node, isNested) {
  const record = node?.type === 'Identifier' ? valueOf(sourceCode, node) : bare(node);
  if (record?.type !== 'ObjectExpression') return [];
  return record.properties.map(({ value }) => value).filter((value) => value && isNested(value));
}

/** What a function that is not async gives back. */
function resultsOf(fn) {
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  const results = [];
  const visit = (node) => {
    if (node.type === 'ReturnStatement') results.push(node.argument);
    if (!isFunction(node)) for (const child of childrenOf(node)) visit(child);
  };
  visit(fn.body);
  return results;
}

/** The function of this file that a callee means. */
function declarationOf(sourceCode, callee) {
  const value = bare(callee);
  if (isFunction(value)) return value;
  if (value?.type !== 'Identifier') return null;
  const [definition] = variableOf(sourceCode, value)?.defs ?? [];
  if (definition?.type === 'FunctionName') return definition.node;
  const init = definition?.type === 'Variable' ? bare(definition.node.init) : null;
  return isFunction(init) ? init : null;
}

const contains = (node, test) => test(node) || childrenOf(node).some((child) => contains(child, test));

function childrenOf(node) {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'parent' || value === null || typeof value !== 'object') return [];
    return (Array.isArray(value) ? value : [value]).filter((child) => typeof child?.type === 'string');
  });
}
