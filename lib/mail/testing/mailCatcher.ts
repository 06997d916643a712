/** A mail server for tests: takes every mail over SMTP, keeps it, and delivers none. */
import { createServer, type Socket } from 'node:net';

export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  /** By name in small letters, with what was folded or encoded put together again. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
}

export interface MailCatcher {
  readonly port: number;
  readonly url: string;
  readonly mails: readonly CaughtMail[];
  close(): Promise<void>;
}

/**
 * Starts one on the loopback.
 * @param options.refuse the answer to a recipient that it does not take, such as `550 No such user`.
 * @param options.port the one to listen on; any free one unless given.
 */
export async function startMailCatcher({
  refuse = () => null,
  port = 0,
}: {
  readonly refuse?: (recipient: string) => string | null;
  readonly port?: number;
} = {}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    talk({ socket, refuse, keep: (mail) => mails.push(mail) });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    port: listening,
    url: `smtp://127.0.0.1:${listening}`,
    mails,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function talk({
  socket,
  refuse,
  keep,
}: {
  readonly socket: Socket;
  readonly refuse: (recipient: string) => string | null;
  readonly keep: (mail: CaughtMail) => void;
}): void {
  let from = '';
  let to: string[] = [];
  let data: string[] | null = null;
  let rest = '';
  const say = (line: string) => void socket.write(`${line}\r\n`);
  const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';

  const answer = (line: string): void => {
    if (data !== null) {
      if (line !== '.') return void data.push(line.startsWith('..') ? line.slice(1) : line);
      keep({ from, to, ...parseMail(data.join('\r\n')) });
      data = null;
      return say('250 Caught');
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') return say('250-catcher\r\n250 8BITMIME');
    if (verb === 'MAIL') {
      from = addressIn(line);
      to = [];
      return say('250 Yes');
    }
    if (verb === 'RCPT') {
      const refusal = refuse(addressIn(line));
      if (refusal === null) to.push(addressIn(line));
      return say(refusal ?? '250 Yes');
    }
    if (verb === 'DATA') {
      data = [];
      return say('354 Go on');
    }
    if (verb === 'QUIT') {
      say('221 Bye');
      return void socket.end();
    }
    say(['HELO', 'RSET', 'NOOP'].includes(verb) ? '250 Yes' : '502 Unknown');
  };

  socket.setEncoding('latin1');
  socket.on('data', (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) answer(line);
  });
  say('220 catcher ESMTP');
}

function parseMail(raw: string): Pick<CaughtMail, 'headers' | 'text' | 'html'> {
  const { headers, body } = parseEntity(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  const parts =
    boundary === undefined
      ? []
      : body
          .split(`--${boundary}`)
          .slice(1, -1)
          .map((part) => parseEntity(part.replace(/^\r\n/, '')));
  const textOf = (type: string): string => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(type));
    return part === undefined ? '' : decodeBody(part.body, part.headers.get('content-transfer-encoding') ?? '');
  };
  return { headers, text: textOf('text/plain'), html: textOf('text/html') };
}

function parseEntity(raw: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const unfolded = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ');
  const headers = new Map(
    unfolded.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  return { headers, body: raw.slice(end + 4) };
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  const bytes = encoding === 'quoted-printable' ? decodeQuoted(body.replaceAll(/=\r\n/g, '')) : body;
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

const decodeQuoted = (text: string): string =>
  text.replaceAll(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** `=?UTF-8?Q?...?=`, one or several. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, content: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(content, 'base64').toString('utf8')
        : Buffer.from(decodeQuoted(content.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    );
}
