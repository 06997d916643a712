import { currentHealth } from '@/lib/health';

export const dynamic = 'force-dynamic';

/** 200 while Postgres answers and a worker is alive, else 503 with reasons. Needs no session: it tells nothing of data. */
export async function GET(): Promise<Response> {
  const health = await currentHealth();
  return Response.json(health, {
    status: health.status === 'ok' ? 200 : 503,
    headers: { 'Cache-Control': 'no-store' },
  });
}
