// The worker's own small HTTP server: is it alive, is it ready, what does it count.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** One condition of readiness. */
export interface HealthCheck {
  readonly name: string;
  /** Undefined while all is well, else one sentence that says what is wrong. A rejection counts as wrong. */
  readonly problem: () => string | undefined | Promise<string | undefined>;
}

export interface HealthServer {
  /** The port that it listens on (the chosen one where 0 was asked for). */
  readonly port: number;
  close(): Promise<void>;
}

const checkTimeoutMs = 2_000;

/**
 * Starts the server.
 * - `GET /live`: 200 while the process can answer and no check of `live` complains, else 503.
 * - `GET /ready`: 200 when no check of `ready` complains, else 503; the body names what is wrong.
 * - `GET /metrics`: Prometheus text.
 * @throws the listen error, for example when the port is taken.
 */
export async function startHealthServer({
  port,
  host = 'localhost',
  live = [],
  ready,
  metricsPage,
}: {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
  readonly live?: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  readonly metricsPage: () => Promise<{ readonly contentType: string; readonly body: string }>;
}): Promise<HealthServer> {
  const routes = new Map<string, () => Promise<Answer>>([
    ['/live', () => report(live)],
    ['/ready', () => report(ready)],
    ['/metrics', async () => ({ status: 200, ...(await metricsPage()) })],
  ]);
  const server = createServer((request, response) => {
    void answer({ routes, request }).then((reply) => {
      send(response, reply);
    });
  });
  await listen(server, { port, host });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

async function answer({
  routes,
  request,
}: {
  readonly routes: ReadonlyMap<string, () => Promise<Answer>>;
  readonly request: IncomingMessage;
}): Promise<Answer> {
  const route = routes.get((request.url ?? '/').split('?', 1)[0] ?? '/');
  if (route === undefined) return json(404, { code: 'not_found', message: 'Known: /live, /ready, /metrics.' });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return json(405, { code: 'method_not_allowed', message: 'Only GET and HEAD.' });
  }
  try {
    return await route();
  } catch {
    return json(500, { code: 'internal', message: 'The answer could not be made.' });
  }
}

async function report(checks: readonly HealthCheck[]): Promise<Answer> {
  const results = await Promise.all(
    checks.map(async ({ name, problem }) => ({
      name,
      problem: await within(problem).catch(() => 'The check failed.'),
    })),
  );
  const problems = results.filter((result) => result.problem !== undefined);
  return problems.length === 0 ? json(200, { status: 'ok' }) : json(503, { status: 'unavailable', problems });
}

// A check that hangs is itself a problem; the asker must hear so before its own patience ends.
async function within(problem: HealthCheck['problem']): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`No answer within ${checkTimeoutMs} ms.`);
    }, checkTimeoutMs);
  });
  try {
    return await Promise.race([problem(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function listen(server: Server, where: { readonly port: number; readonly host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
