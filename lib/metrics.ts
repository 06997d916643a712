/** The numbers of the web server, and who may read them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { instruments, webInstruments } from '@shared/workflow/telemetry/names';
import { createPromMetrics, type PrometheusMetrics } from '@shared/workflow/telemetry/promMetrics';

// One per process, although bundlers and reloads may evaluate this module more than once.
const key = Symbol.for('baton.web.metrics');
const holder = globalThis as { [key]?: PrometheusMetrics };

/** What this web server counts. */
export function webMetrics(): PrometheusMetrics {
  return (holder[key] ??= createPromMetrics({
    shown: webInstruments,
    labels: { service: 'web' },
    withProcessMetrics: true,
  }));
}

/** Counts a call and its duration. One that throws is a redirect or a page that does not exist: the framework's own. */
export async function measured<Answer>(
  kind: 'api' | 'action',
  run: () => Promise<{ readonly status: number; readonly answer: Answer }>,
): Promise<Answer> {
  const startedMs = performance.now();
  let status = 303;
  try {
    const done = await run();
    ({ status } = done);
    return done.answer;
  } finally {
    const metrics = webMetrics();
    metrics.count({ counter: instruments.webRequests, labels: { kind, status: `${Math.floor(status / 100)}xx` } });
    const value = (performance.now() - startedMs) / 1_000;
    metrics.observe({ histogram: instruments.webRequestSeconds, value, labels: { kind } });
  }
}

/**
 * The page that Prometheus scrapes, for whoever sends the token.
 * @param token absent: metrics are not published, and the page does not exist.
 */
export async function metricsPage(request: Request, token: string | undefined): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store' };
  if (token === undefined) return new Response(null, { status: 404, headers });
  const [scheme, sent] = (request.headers.get('authorization') ?? '').trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || sent === undefined || !isSame(sent, token)) {
    const failure = {
      code: 'not_signed_in',
      message: 'Send the header `Authorization: Bearer <BATON_METRICS_TOKEN>`.',
    };
    return Response.json(failure, {
      status: 401,
      headers: { ...headers, 'WWW-Authenticate': 'Bearer realm="baton-metrics"' },
    });
  }
  const { contentType, body } = await webMetrics().page();
  return new Response(body, { headers: { ...headers, 'Content-Type': contentType } });
}

/** In a time that tells nothing about how much of it is right. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
