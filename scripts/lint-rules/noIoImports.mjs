// Workflow code is run again from its log: what reaches the world outside belongs into an action.
import { builtinModules } from 'node:module';

const pureBuiltins = new Set(['assert', 'buffer', 'path', 'punycode', 'querystring', 'string_decoder', 'url', 'util']);
const ioPackages =
  /^(axios|got|ky|node-fetch|undici|request|superagent|ws|pg|postgres|mysql2?|mongodb|mongoose|redis|ioredis|bullmq|knex|drizzle-orm|sequelize|typeorm|prisma|nodemailer|fs-extra|execa|pino|winston)(\/|$)|^@(aws-sdk|google-cloud|azure|prisma)\//;
/** They read the system's randomness by themselves, or keep a pool of it in their module. */
const randomPackages = /^(uuid|short-uuid|nanoid|ulid|ulidx|ksuid|cuid|@paralleldrive\/cuid2|random-seed|chance)(\/|$)/;

function refusal(source) {
  const bare = source.replace(/^node:/, '');
  const [name] = bare.split('/');
  if (builtinModules.includes(bare) || builtinModules.includes(name) || source.startsWith('node:')) {
    if (pureBuiltins.has(name)) return null;
    return replies[name] ?? 'inAction';
  }
  if (randomPackages.test(source)) return 'crypto';
  return ioPackages.test(source) ? 'inAction' : null;
}
const replies = { timers: 'timers', crypto: 'crypto' };

export const noIoImports = {
  meta: {
    type: 'problem',
    docs: { description: 'Workflow code imports nothing that reads files, asks networks or keeps time.' },
    schema: [],
    messages: {
      inAction:
        '"{{source}}" reaches outside of the log. Use it in an action (workflows/actions) and await context.actions.yourAction(...).',
      timers: 'Timers of "{{source}}" do not survive a restart. Use await context.sleep(duration).',
      crypto:
        '"{{source}}" answers differently in each run. The global crypto.randomUUID() is replayed; do other cryptography in an action.',
    },
  },
  create(context) {
    const check = (node, source) => {
      const messageId = typeof source === 'string' ? refusal(source) : null;
      if (messageId) context.report({ node, messageId, data: { source } });
    };
    return {
      ImportDeclaration(node) {
        const typesOnly =
          node.importKind === 'type' ||
          (node.specifiers.length > 0 && node.specifiers.every(({ importKind }) => importKind === 'type'));
        if (!typesOnly) check(node, node.source.value);
      },
      ImportExpression: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => node.exportKind !== 'type' && check(node, node.source?.value),
      ExportAllDeclaration: (node) => node.exportKind !== 'type' && check(node, node.source.value),
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node, node.arguments[0]?.value);
      },
    };
  },
};
