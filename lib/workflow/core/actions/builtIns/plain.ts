import type { ActionRegistrar } from '../types';

/** Built-in actions that need nothing but a logger. */
export function registerPlainBuiltIns(registry: ActionRegistrar): void {
  registry.registerSimpleAction(
    'log_event',
    'Writes a line to the log of the worker and keeps it as a result in the history.',
    [
      { name: 'message', type: 'string', required: true, description: 'What happened, in words.' },
      { name: 'level', type: 'string', defaultValue: 'info', description: 'debug, info, warn or error.' },
      { name: 'data', type: 'any', description: 'Anything that helps to understand it.' },
    ],
    (params, { logger }) => {
      const fields = { data: params.data as unknown };
      switch (params.level) {
        case 'debug':
          logger.debug(fields, params.message);
          break;
        case 'warn':
          logger.warn(fields, params.message);
          break;
        case 'error':
          logger.error(fields, params.message);
          break;
        default:
          logger.info(fields, params.message);
      }
      return { logged: true };
    },
    { builtIn: true },
  );

  registry.registerSimpleAction(
    'sendNotification',
    'Writes a notification to the log of the worker. Replace it to reach people by mail or chat.',
    [
      { name: 'recipient', type: 'string', required: true, description: 'A person or a role.' },
      { name: 'message', type: 'string', required: true },
      { name: 'data', type: 'any' },
    ],
    ({ recipient, message, data }, { logger, idempotencyKey }) => {
      logger.info({ recipient, notificationId: idempotencyKey, data }, `Notification: ${message}`);
      return { sent: true, channel: 'log', notificationId: idempotencyKey };
    },
    { builtIn: true },
  );
}
