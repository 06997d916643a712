/** Sends what is in the outbox, at least once each: whoever dies between sending and noting that sends it again. */
import type { Logger, Metrics } from '@shared/workflow/model/ports/telemetry';
import { instruments } from '@shared/workflow/telemetry/names';
import { composeMail } from './composeMail';
import type { Outbox, OutgoingMail } from './outbox';
import { type MailTransport, MailRefusedError } from './transport';

export interface MailSenderDeps {
  readonly outbox: Outbox;
  readonly transport: MailTransport;
  /** Where people reach the web server, without a slash at its end. */
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const batch = 10;
/** Longer than a batch takes whose every mail runs into its time limits. */
const leaseMs = 10 * 60_000;
const firstDelayMs = 30_000;
const longestDelayMs = 3_600_000;
/** What could not be sent for so long is of no use any more. */
const giveUpAfterMs = 2 * 86_400_000;
const forgetAfterMs = 14 * 86_400_000;

/** 30 s, then twice as long each time, an hour at most. */
export function delayAfter(attempts: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(20, attempts - 1));
}

export interface MailSender {
  /**
   * Sends what is due now.
   * @param options.isStopping asked before each mail; what was not tried then is due for others at once.
   * @returns how many were taken: as many as a batch means that more may be due.
   */
  tick(options?: {
    readonly isStopping?: () => boolean;
  }): Promise<{ readonly taken: number; readonly isFull: boolean }>;
  /** What is done now and then: notes that mail can be sent from here, and gives up what is too old. */
  tidy(): Promise<void>;
}

export function createMailSender({ outbox, transport, publicUrl, logger, metrics }: MailSenderDeps): MailSender {
  const count = (outcome: 'sent' | 'retried' | 'dropped' | 'failed', by = 1) =>
    metrics.count({ counter: instruments.mails, by, labels: { outcome } });

  const end = async (mail: OutgoingMail, status: 'sent' | 'dropped' | 'failed', reason: string | null) => {
    await outbox.end({ mailId: mail.mailId, status, reason });
    count(status);
  };

  const retry = async (mail: OutgoingMail, reason: string) => {
    await outbox.postpone({ mailId: mail.mailId, delayMs: delayAfter(mail.attempts), reason });
    count('retried');
  };

  /** @returns false when the server is away: others need not be tried. */
  const sendOne = async (mail: OutgoingMail): Promise<boolean> => {
    const { mailId, to } = mail;
    if (mail.obsolete !== null) {
      await end(mail, 'dropped', mail.obsolete);
      return true;
    }
    try {
      await transport.send({ mailId, to, ...composeMail(mail, { publicUrl }) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof MailRefusedError && error.isFinal) {
        logger.warn({ mailId, reason }, 'A mail was refused for good.');
        await end(mail, 'failed', reason);
        return true;
      }
      logger.warn({ mailId, reason, attempts: mail.attempts }, 'A mail could not be sent yet.');
      await retry(mail, reason);
      return error instanceof MailRefusedError;
    }
    await end(mail, 'sent', null);
    return true;
  };

  return {
    tick: async ({ isStopping = () => false } = {}) => {
      const mails = await outbox.take({ limit: batch, leaseMs });
      let index = 0;
      while (index < mails.length && !isStopping()) {
        const mail = mails[index];
        index += 1;
        if (!(await sendOne(mail))) break;
      }
      const untried = mails.slice(index);
      if (untried.length > 0 && isStopping()) await outbox.release({ mailIds: untried.map(({ mailId }) => mailId) });
      // The server is away: the others wait as long as the one that found out.
      else for (const mail of untried) await retry(mail, 'the mail server was away');
      metrics.set({ gauge: instruments.mailsPending, value: await outbox.countPending() });
      return { taken: mails.length, isFull: mails.length === batch };
    },

    tidy: async () => {
      await outbox.announceTransport();
      const given = await outbox.tidy({ giveUpAfterMs, forgetAfterMs });
      if (given > 0) {
        logger.error({ mails: given }, 'Mails were given up: they could not be sent for two days.');
        count('failed', given);
      }
    },
  };
}
