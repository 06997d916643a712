/** Mail of this process, by its environment. */
import type { Logger, Metrics } from '@shared/workflow/model/ports/telemetry';
import { rawSql } from '../db/client';
import { env } from '../env';
import { type MailLoop, startMailLoop } from './mailLoop';
import { createMailSender } from './mailSender';
import { createOutbox } from './outbox';
import * as preferences from './preferences';
import { createSmtpTransport } from './transport';

export { mailPreferenceSchema, timeZoneSchema } from './preferences';

/** Sends mails about tasks until it is stopped; null where the environment names no mail server. */
export function startMailing({
  logger,
  metrics,
}: {
  readonly logger: Logger;
  readonly metrics: Metrics;
}): MailLoop | null {
  const { smtp, publicUrl } = env();
  if (smtp === null) {
    logger.info({}, 'No mail is sent: BATON_SMTP_URL is not set');
    return null;
  }
  const transport = createSmtpTransport(smtp);
  const sender = createMailSender({ outbox: createOutbox({ sql: rawSql() }), transport, publicUrl, logger, metrics });
  const loop = startMailLoop({ sender, logger });
  // The server's name alone: the address may hold a password.
  logger.info({ server: new URL(smtp.url).host, publicUrl }, 'Mail is sent');
  return {
    stop: async () => {
      await loop.stop();
      transport.close();
    },
  };
}

export const setMailPreference = (request: Parameters<typeof preferences.setMailPreference>[1]) =>
  preferences.setMailPreference(rawSql(), request);
export const setTimeZone = (request: Parameters<typeof preferences.setTimeZone>[1]) =>
  preferences.setTimeZone(rawSql(), request);
