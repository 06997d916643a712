/** The built-in `httpRequest`. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { InvalidInputError } from '../../../model/errors';
import type { JsonValue } from '../../../model/json';
import type { ActionContext, ActionRegistrar } from '../types';
import { createAddressCheck } from './addresses';

/** An answer of 4xx or 5xx. Its status decides whether it is tried again. */
class HttpStatusError extends Error {
  readonly code: string;
  readonly details: JsonValue;
  constructor(
    readonly status: number,
    url: URL,
    body: JsonValue,
  ) {
    super(`${url.origin} answered ${status}.`);
    this.name = 'HttpStatusError';
    this.code = `http_${status}`;
    this.details = { status, body };
  }
}

class AnswerTooLargeError extends Error {
  readonly code = 'answer_too_large';
  readonly transient = false;
  constructor(maxBytes: number) {
    super(`The answer is larger than the ${maxBytes} bytes of maxBytes.`);
    this.name = 'AnswerTooLargeError';
  }
}

const maxRedirects = 5;
const secretHeaders = ['authorization', 'cookie', 'idempotency-key', 'proxy-authorization'];

interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** @param allowed hosts and networks that may be reached although they are private. */
export function registerHttpRequest(registry: ActionRegistrar, allowed: () => readonly string[]): void {
  registry.registerSimpleAction(
    'httpRequest',
    'Sends an HTTP request and answers with status, headers and body.',
    [
      { name: 'url', type: 'string', required: true },
      { name: 'method', type: 'string', defaultValue: 'GET' },
      { name: 'headers', type: 'object', defaultValue: {} },
      { name: 'body', type: 'any', description: 'A text is sent as it is, everything else as JSON.' },
      { name: 'timeoutMs', type: 'number', defaultValue: 30_000, description: 'For all redirects together.' },
      { name: 'maxBytes', type: 'number', defaultValue: 1_048_576, description: 'Of the answer.' },
    ],
    async ({ url, method, headers, body, timeoutMs, maxBytes }, context) => {
      const check = createAddressCheck(allowed());
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
      const fetched = async (request: Request, redirects: number): Promise<unknown> => {
        check.assertHost(request.url.hostname);
        const answer = await send(request, check.lookup, signal);
        const status = answer.statusCode ?? 0;
        const { location } = answer.headers;
        if (status >= 300 && status < 400 && location !== undefined) {
          answer.destroy();
          if (redirects >= maxRedirects) throw new Error(`${request.url.origin} redirects without end.`);
          return fetched(redirected(request, urlOf(location, request.url), status), redirects + 1);
        }
        const content = parse(await read(answer, maxBytes), answer.headers['content-type']);
        if (status >= 400) throw new HttpStatusError(status, request.url, content);
        return { status, headers: answer.headers, body: content };
      };
      return fetched(firstRequest({ url, method, headers, body: body as unknown }, context), 0);
    },
    { builtIn: true },
  );
}

function firstRequest(
  given: { readonly url: string; readonly method: string; readonly headers: object; readonly body: unknown },
  { idempotencyKey }: ActionContext,
): Request {
  const headers: Record<string, string> = { 'idempotency-key': idempotencyKey };
  for (const [name, value] of Object.entries(given.headers)) headers[name.toLowerCase()] = String(value);
  const { body } = given;
  if (body !== undefined && body !== null && typeof body !== 'string') headers['content-type'] ??= 'application/json';
  const text = body === undefined || body === null ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return { url: urlOf(given.url), method: given.method.toUpperCase(), headers, body: text };
}

/** Where a redirect leads: elsewhere it takes no secrets along. */
function redirected({ url, method, headers, body }: Request, to: URL, status: number): Request {
  const isElsewhere = to.origin !== url.origin;
  const kept = Object.entries(headers).filter(([name]) => !isElsewhere || !secretHeaders.includes(name));
  const becomesGet = status === 303 || ((status === 301 || status === 302) && method === 'POST');
  if (!becomesGet) return { url: to, method, headers: Object.fromEntries(kept), body };
  const plain = kept.filter(([name]) => name !== 'content-type' && name !== 'content-length');
  return { url: to, method: method === 'HEAD' ? 'HEAD' : 'GET', headers: Object.fromEntries(plain), body: null };
}

function urlOf(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidInputError(`httpRequest needs an address that begins with http:// or https://, not "${text}".`);
  }
  return url;
}

function send(
  { url, method, headers, body }: Request,
  lookup: ReturnType<typeof createAddressCheck>['lookup'],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    // A connection of its own: one that is kept alive was checked for another request.
    const request = start(url, { method, headers, lookup, signal, agent: false });
    request.on('response', resolve);
    request.on('error', (error) => reject(signal.aborted ? timeUp(signal) : error));
    request.end(body ?? undefined);
  });
}

function timeUp(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
  const message = isTimeout ? 'The request took longer than its timeoutMs.' : 'The request was cut short.';
  return Object.assign(new Error(message, { cause: reason }), { code: 'http_timeout', transient: true });
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) {
      answer.destroy();
      throw new AnswerTooLargeError(maxBytes);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string, type = ''): JsonValue {
  if (!/[/+]json\b/i.test(type)) return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
