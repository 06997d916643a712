import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../telemetry/silentLogger';
import { silentMetrics } from '../../../telemetry/silentMetrics';
import { createActionRegistry } from '../../actionRegistry';
import { createActionRunner } from '../actionRunner';
import { registerHttpRequest } from './httpRequest';
import { systemClock } from '../runHandler';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const routes = new Map<string, Answer>();
const seen: { readonly url: string; readonly method: string; readonly headers: IncomingMessage['headers'] }[] = [];
const server = createServer((request, response) => {
  const { url = '', method = '', headers } = request;
  seen.push({ url, method, headers });
  (routes.get(url) ?? ((_, unknown) => unknown.writeHead(404).end()))(request, response);
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  routes.clear();
  seen.length = 0;
});

function request(args: Record<string, string | number | object>, allow: readonly string[] = ['127.0.0.0/8']) {
  const registry = createActionRegistry();
  const options = { replaceBuiltIn: true };
  registerHttpRequest(
    {
      ...registry,
      registerSimpleAction: (name, description, parameters, handler) =>
        registry.registerSimpleAction(name, description, parameters, handler, options),
      registerDatabaseAction: () => undefined,
      registerAction: () => undefined,
    },
    () => allow,
  );
  const runner = createActionRunner({
    registry,
    results: {
      find: () => Promise.resolve(null),
      noteRetry: () => Promise.resolve('noted'),
      transact: () => Promise.reject(new Error('not used')),
    },
    logger: silentLogger,
    metrics: silentMetrics,
    clock: { ...systemClock, random: () => 0 },
  });
  return runner.run({
    tenant: 'acme',
    executionId: 'e-1',
    partitionId: 0,
    workflowName: 'W',
    correlationId: 'c',
    commandId: 'httpRequest#1',
    name: 'httpRequest',
    n: 1,
    argsHash: '',
    args: args as never,
    attemptsBefore: 0,
  });
}

describe('httpRequest', () => {
  it('sends JSON with the idempotency key, and answers with what came back', async () => {
    let body = '';
    routes.set('/orders', (incoming, response) => {
      incoming.on('data', (part: Buffer) => (body += part.toString()));
      incoming.on('end', () => response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":7}'));
    });
    const outcome = await request({ url: `${origin}/orders`, method: 'post', body: { item: 'ink' } });
    expect(outcome).toMatchObject({ status: 'completed', result: { status: 201, body: { id: 7 } } });
    expect(body).toBe('{"item":"ink"}');
    expect(seen[0]).toMatchObject({
      method: 'POST',
      headers: { 'idempotency-key': 'e-1:httpRequest#1', 'content-type': 'application/json' },
    });
  });

  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0/',
    'http://2130706433/',
    'http://[fd00::1]/',
  ])('refuses %s, which is private', async (url) => {
    expect(await request({ url }, [])).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'address_refused' },
    });
    expect(seen).toEqual([]);
  });

  it('refuses a redirect to a private address', async () => {
    routes.set('/away', (_, response) => response.writeHead(302, { location: 'http://10.0.0.1/secret' }).end());
    expect(await request({ url: `${origin}/away` })).toMatchObject({ error: { code: 'address_refused' } });
  });

  it('follows redirects, and takes no secrets to another origin', async () => {
    const other = origin.replace('127.0.0.1', '127.0.0.2');
    const second = createServer((incoming, response) => {
      seen.push({ url: 'elsewhere', method: incoming.method ?? '', headers: incoming.headers });
      response.end('there');
    });
    await new Promise<void>((resolve) => second.listen(Number(new URL(origin).port), '127.0.0.2', resolve));
    routes.set('/away', (_, response) => response.writeHead(303, { location: `${other}/` }).end());
    const headers = { Authorization: 'Bearer x', 'X-Kept': 'yes' };
    const outcome = await request({ url: `${origin}/away`, method: 'POST', headers, body: 'text' });
    second.close();
    expect(outcome).toMatchObject({ result: { status: 200, body: 'there' } });
    const elsewhere = seen.find(({ url }) => url === 'elsewhere');
    expect(elsewhere).toMatchObject({ method: 'GET', headers: { 'x-kept': 'yes' } });
    expect(elsewhere?.headers).not.toHaveProperty('authorization');
    expect(elsewhere?.headers).not.toHaveProperty('idempotency-key');
  });

  it('ends redirects that lead round', async () => {
    routes.set('/round', (_, response) => response.writeHead(302, { location: '/round' }).end());
    expect(await request({ url: `${origin}/round` })).toMatchObject({
      error: { message: expect.stringContaining('without end') as string },
    });
    expect(seen).toHaveLength(6);
  });

  it('reads no more of an answer than it may', async () => {
    routes.set('/large', (_, response) => response.end('x'.repeat(5_000)));
    expect(await request({ url: `${origin}/large`, maxBytes: 1_000 })).toMatchObject({
      attempts: 1,
      error: { code: 'answer_too_large' },
    });
  });

  it('gives up a server that does not answer', async () => {
    routes.set('/silent', () => undefined);
    expect(await request({ url: `${origin}/silent`, timeoutMs: 20 })).toMatchObject({
      attempts: 3,
      error: { code: 'http_timeout' },
    });
  });

  it('tries 503 again, and 404 not', async () => {
    let asked = 0;
    routes.set('/busy', (_, response) => response.writeHead(++asked < 3 ? 503 : 200).end('done'));
    expect(await request({ url: `${origin}/busy` })).toMatchObject({ status: 'completed', attempts: 3 });
    expect(await request({ url: `${origin}/none` })).toMatchObject({
      attempts: 1,
      error: { code: 'http_404', details: { status: 404, body: '' } },
    });
  });

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'nowhere'])('speaks no other protocol: %s', async (url) => {
    expect(await request({ url })).toMatchObject({ error: { code: 'invalid_input' } });
  });
});
