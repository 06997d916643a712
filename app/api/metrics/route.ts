import { env } from '@/lib/env';
import { metricsPage } from '@/lib/metrics';

export const dynamic = 'force-dynamic';

/** Prometheus text for whoever sends `BATON_METRICS_TOKEN`; 404 where none is configured. */
export function GET(request: Request): Promise<Response> {
  return metricsPage(request, env().metricsToken);
}
