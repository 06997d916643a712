/** Mail over SMTP. The only module that knows nodemailer. */
import { createTransport } from 'nodemailer';
import type { ComposedMail } from './composeMail';

/** How mail is sent. */
export interface SmtpSettings {
  /** `smtp:` or `smtps:` with host, and where needed port, user and password. Never logged. */
  readonly url: string;
  /** The sender, such as `Baton <baton@acme.test>`. */
  readonly from: string;
}

export interface MailToSend extends ComposedMail {
  readonly mailId: string;
  readonly to: { readonly name: string; readonly email: string };
}

export interface MailTransport {
  /** @throws MailRefusedError for this mail alone; anything else stands for the server being away. */
  send(mail: MailToSend): Promise<void>;
  close(): void;
}

/** The server takes no mail to this person, or not this mail. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
  constructor(
    message: string,
    /** It said that asking again is of no use. */
    readonly isFinal: boolean,
  ) {
    super(message);
  }
}

const connectMs = 10_000;
const silenceMs = 30_000;

export function createSmtpTransport({ url, from }: SmtpSettings): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const auth = username === '' ? null : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  const transport = createTransport({
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(auth && { auth }),
    // A password crosses a network encrypted or not at all.
    requireTLS: auth !== null && !secure && !isLoopback(host),
    pool: true,
    maxConnections: 1,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    send: async ({ mailId, to, subject, text, html }) => {
      try {
        await transport.sendMail({
          from,
          to: { name: to.name, address: to.email },
          subject,
          text,
          html,
          // The same at every attempt, so that a mail that arrives twice is seen once.
          messageId: `<${mailId}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw refusalOf(error) ?? error;
      }
    },
    close: () => transport.close(),
  };
}

/** What concerns one mail: its recipient or its content. All else is the server's state, or our settings. */
function refusalOf(error: unknown): MailRefusedError | null {
  const { code, responseCode, message } = error as { code?: unknown; responseCode?: unknown; message?: unknown };
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return null;
  return new MailRefusedError(String(message), typeof responseCode === 'number' && responseCode >= 500);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
