/** The log of the web server: one JSON object a line. */
import pino from 'pino';
import { env } from './env';

let instance: pino.Logger | undefined;

/** Made at the first use, since the level comes from the environment. */
export function log(): pino.Logger {
  instance ??= pino({ name: 'web', level: env().logLevel });
  return instance;
}
