// Globals that act on the world, or read from it what the log does not hold.
import { chainOf, isGlobal } from './workflowApi.mjs';

const refused = {
  setTimeout: 'Use await context.sleep(duration).',
  setInterval: 'Use a loop with await context.sleep(duration).',
  setImmediate: 'Workflow code goes on by itself after each await.',
  fetch: 'Call it in an action and await context.actions.yourAction(...), or use context.actions.httpRequest(...).',
  XMLHttpRequest: 'Ask networks in an action.',
  WebSocket: 'Ask networks in an action.',
  EventSource: 'Ask networks in an action.',
  Worker: 'Do heavy work in an action.',
  queueMicrotask: 'Call an async function: an error in it reaches whoever awaits it.',
  MessageChannel: 'Use context.events between executions.',
  BroadcastChannel: 'Use context.events between executions.',
  WeakRef: 'When memory is freed is not in the log: hold the value itself.',
  FinalizationRegistry: 'When memory is freed is not in the log: hold the value itself.',
  console: 'Use context.logger: its lines are written once, however often the code is run again.',
  process: 'Read settings in an action, or pass them in as initial data: they may differ when the code is run again.',
  globalThis: 'What other code left there is not in the log. Keep it with context.data.',
};
/** Members of globals that are else as good as any. */
const refusedMembers = {
  'AbortSignal.timeout': 'Use await context.sleep(duration), or the timeout of a wait or of an action.',
  'crypto.subtle': 'Do cryptography in an action and await context.actions.yourAction(...).',
  'Atomics.wait': 'Use await context.sleep(duration), or wait for an event.',
  'Atomics.waitAsync': 'Use await context.sleep(duration), or wait for an event.',
  'performance.timeOrigin': 'Use Date.now(): it is the time of the log.',
  'performance.mark': 'Measure in an action.',
  'performance.measure': 'Measure in an action.',
  'performance.timerify': 'Measure in an action.',
  'performance.toJSON': 'Measure in an action.',
  'performance.eventLoopUtilization': 'Read it in an action.',
};

export const noSideEffects = {
  meta: {
    type: 'problem',
    docs: { description: 'Workflow code uses no timers, networks, consoles or environment of its process.' },
    schema: [],
    messages: { refused: '{{name}} is not for workflow code, which is run again from its log. {{instead}}' },
  },
  create(context) {
    const { sourceCode } = context;
    return {
      MemberExpression(node) {
        const { root, path } = chainOf(node);
        const name = path.length === 1 && root?.type === 'Identifier' ? `${root.name}.${path[0]}` : '';
        if (!Object.hasOwn(refusedMembers, name) || !isGlobal(sourceCode, root)) return;
        context.report({ node, messageId: 'refused', data: { name, instead: refusedMembers[name] } });
      },
      VariableDeclarator({ id, init }) {
        if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier' || !isGlobal(sourceCode, init)) return;
        for (const property of id.properties) {
          const name = `${init.name}.${property.key?.name}`;
          if (!Object.hasOwn(refusedMembers, name)) continue;
          context.report({ node: property, messageId: 'refused', data: { name, instead: refusedMembers[name] } });
        }
      },
      Identifier(node) {
        const instead = Object.hasOwn(refused, node.name) ? refused[node.name] : null;
        if (instead === null || !isUse(node) || !isGlobal(sourceCode, node)) return;
        context.report({ node, messageId: 'refused', data: { name: node.name, instead } });
      },
    };
  },
};

/** Not the name of a member, of a key or of a type. */
function isUse(node) {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent.type === 'Property') return parent.value === node && parent.parent.type === 'ObjectExpression';
  return !parent.type.startsWith('TS') || ['TSAsExpression', 'TSNonNullExpression'].includes(parent.type);
}
