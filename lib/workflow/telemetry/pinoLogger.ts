import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LogFields, Logger } from '../model/ports/telemetry';
import { redactFields, redactText } from './redact';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * A logger that writes one line of JSON an event: `level` as a word, `time` in ISO 8601, `service`, the fields
 * (redacted) and `message`.
 */
export function createPinoLogger({
  level,
  service,
  fields = {},
  stream = destination({ fd: 1, sync: true }),
}: {
  readonly level: LogLevel;
  /** Name of the process kind, such as `web` or `worker`. */
  readonly service: string;
  /** Fields of every line. */
  readonly fields?: LogFields;
  /** Where lines go; standard output where it is left out. */
  readonly stream?: DestinationStream;
}): Logger {
  const root = pino(
    {
      level,
      messageKey: 'message',
      base: { service, ...redactFields(fields) },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return adapt(root);
}

// Redaction happens after the level check, so that a silenced line costs nothing.
function adapt(logger: PinoLogger): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level](redactFields(fields), redactText(message));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => adapt(logger.child(redactFields(fields))),
  };
}
