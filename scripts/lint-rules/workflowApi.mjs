// What of a workflow's context a piece of code means, told from names and annotations alone, without types.

/** Members of the context whose presence in a pattern shows that the context is taken apart. */
const telling = new Set([
  'actions',
  'children',
  'events',
  'sleep',
  'sleepUntil',
  'setState',
  'getCurrentState',
  'executeActions',
]);
const contextType = /^WorkflowContext$/;
/** Whoever is handed to these is a workflow, whatever it calls its parameter. */
const registers = /^(defineWorkflow|registerWorkflow|register|testWorkflow)$/;
const functionType = /^(WorkflowFunction|WorkflowDefinition)$/;
const contextName = /^(context|ctx)$/;

/** Functions run later, as part of the workflow: what they do counts as done by whoever made them. */
const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
export const isFunction = (node) => functionTypes.has(node?.type);

/** The variable that an identifier means; null for a global. */
export function variableOf(sourceCode, identifier) {
  for (let scope = sourceCode.getScope(identifier); scope; scope = scope.upper) {
    const variable = scope.set.get(identifier.name);
    if (variable) return variable.defs.length > 0 ? variable : null;
  }
  return null;
}

/** Whether an identifier is one that the runtime gives: `setTimeout`, and no function of that name of the file's own. */
export const isGlobal = (sourceCode, identifier) => variableOf(sourceCode, identifier) === null;

/** What a name was given once and for all; null where it may be something else by now. */
export function valueOf(sourceCode, identifier) {
  const variable = identifier?.type === 'Identifier' ? variableOf(sourceCode, identifier) : null;
  const [definition] = variable?.defs ?? [];
  if (definition?.type !== 'Variable' || definition.node.id !== definition.name) return null;
  const isFinal = variable.references.every((reference) => reference.init === true || !reference.isWrite());
  return isFinal ? bare(definition.node.init) : null;
}

/** Takes away what changes nothing about a value: `(x as T)!`. */
export function bare(node) {
  let inner = node;
  while (['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression', 'ChainExpression'].includes(inner?.type)) {
    inner = inner.expression;
  }
  return inner;
}

/** `a.b['c']` as its root and its names; computed names are null. */
export function chainOf(node) {
  const path = [];
  let root = bare(node);
  while (root?.type === 'MemberExpression') {
    path.unshift(root.computed ? literalText(root.property) : root.property.name);
    root = bare(root.object);
  }
  return { root, path };
}

export const literalText = (node) => (node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null);

/**
 * The part of the context that an expression means, such as `['events', 'waitFor']`; null for anything else.
 * @param depth how many declarations were followed on the way.
 */
export function apiPath(sourceCode, node, depth = 0) {
  const { root, path } = chainOf(node);
  if (root?.type !== 'Identifier' || depth > 4) return null;
  const variable = variableOf(sourceCode, root);
  const [definition] = variable?.defs ?? [];
  if (!definition) return null;
  const start =
    definition.type === 'Parameter'
      ? parameterPath(sourceCode, definition.name, definition.node)
      : definition.type === 'Variable'
        ? declaredPath(sourceCode, definition, depth)
        : null;
  return start === null ? null : [...start, ...path];
}

function parameterPath(sourceCode, identifier, fn) {
  for (const [index, parameter] of (fn.params ?? []).entries()) {
    const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const isContext = () => contextTypeIn(pattern) || (index === 0 && isWorkflow(sourceCode, fn));
    if (pattern === identifier) {
      const part = partOfContext(pattern);
      if (part !== null) return [part];
      return contextName.test(pattern.name) || isContext() ? [] : null;
    }
    if (pattern.type === 'ObjectPattern') {
      const path = pathInPattern(pattern, identifier);
      if (path) return isTellingPattern(pattern) || isContext() ? path : null;
    }
  }
  return null;
}

function declaredPath(sourceCode, { node: declarator, name }, depth) {
  if (!declarator.init) return null;
  const from = apiPath(sourceCode, declarator.init, depth + 1);
  if (declarator.id === name) return from;
  const path = declarator.id.type === 'ObjectPattern' ? pathInPattern(declarator.id, name) : null;
  return from === null || path === null ? null : [...from, ...path];
}

function isTellingPattern(pattern) {
  return pattern.properties.some(({ type, key }) => type === 'Property' && telling.has(key.name));
}

/** `WorkflowContext<A>`, also inside `Pick<...>` and its like. */
function contextTypeIn({ typeAnnotation }) {
  const names = (type) => {
    if (type?.type !== 'TSTypeReference') return false;
    return contextType.test(type.typeName.name) || (type.typeArguments?.params ?? []).some(names);
  };
  return names(typeAnnotation?.typeAnnotation);
}

/** `events` of a parameter `mailbox: WorkflowContext['events']`. */
function partOfContext({ typeAnnotation }) {
  const type = typeAnnotation?.typeAnnotation;
  if (type?.type !== 'TSIndexedAccessType' || !contextType.test(type.objectType.typeName?.name)) return null;
  return literalText(type.indexType.literal);
}

/** Whether a function is the code of a workflow: it is registered in this file, or its type says so. */
function isWorkflow(sourceCode, fn) {
  if (isHandedOver(fn)) return true;
  const declarator = fn.parent?.type === 'VariableDeclarator' ? fn.parent : null;
  if (functionType.test(declarator?.id.typeAnnotation?.typeAnnotation.typeName?.name)) return true;
  const name = declarator?.id ?? (fn.type === 'FunctionDeclaration' ? fn.id : null);
  const variable = name?.type === 'Identifier' ? variableOf(sourceCode, name) : null;
  return (variable?.references ?? []).some(({ identifier }) => isHandedOver(identifier));
}

/** `defineWorkflow({ run: it })`, `runtime.registerWorkflow(it)`, `{ name, run: it } satisfies WorkflowDefinition`. */
function isHandedOver(node) {
  let value = node;
  let { parent } = node;
  if (parent?.type === 'Property' && parent.value === node && parent.key.name === 'run') {
    value = parent.parent;
    ({ parent } = value);
  }
  while (parent?.type.startsWith('TS')) {
    if (functionType.test(parent.typeAnnotation?.typeName?.name)) return true;
    value = parent;
    ({ parent } = value);
  }
  if (parent?.type === 'VariableDeclarator' && value !== node) {
    return functionType.test(parent.id.typeAnnotation?.typeAnnotation.typeName?.name);
  }
  return (
    parent?.type === 'CallExpression' &&
    parent.arguments[0] === value &&
    registers.test(chainOf(parent.callee).path.at(-1) ?? parent.callee.name)
  );
}

function pathInPattern(pattern, identifier) {
  for (const property of pattern.properties) {
    if (property.type !== 'Property') continue;
    const value = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
    if (value === identifier) return [property.key.name];
    if (value.type === 'ObjectPattern') {
      const inner = pathInPattern(value, identifier);
      if (inner) return [property.key.name, ...inner];
    }
  }
  return null;
}

/** What a call of the context does: `wait`, `sleep`, `action`, `emit`...; null for what starts nothing. */
export function commandOf(sourceCode, node) {
  const call = bare(node);
  if (call?.type !== 'CallExpression') return null;
  const path = apiPath(sourceCode, call.callee);
  if (path === null) return null;
  const [first, second] = path;
  if (first === 'events' && second === 'waitFor') return 'wait';
  if (first === 'events' && second === 'emit') return 'emit';
  if (first === 'children' && (second === 'start' || second === 'run')) return 'child';
  if (first === 'sleep' || first === 'sleepUntil') return 'sleep';
  if (first === 'actions' && path.length === 2) return 'action';
  return commands.has(first) && path.length === 1 ? first : null;
}
const commands = new Set(['executeActions', 'continueAsNew', 'race', 'all', 'scope']);

/** The text of a call's callee, for messages. */
export const calleeText = (sourceCode, node) => sourceCode.getText(bare(node).callee);
