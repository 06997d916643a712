/** The log of the web server and of scripts: one JSON object a line. */
import type { Logger } from '@shared/workflow/model/ports/telemetry';
import { createPinoLogger } from '@shared/workflow/telemetry/pinoLogger';
import { env } from './env';

let instance: Logger | undefined;

/** Made at the first use, since the level comes from the environment. */
export function log(): Logger {
  instance ??= createPinoLogger({ level: env().logLevel, service: 'web' });
  return instance;
}
