import { can, getSession } from '@/lib/auth';
import { connectLiveHub, createLiveStream } from '@/lib/live';

export const dynamic = 'force-dynamic';

/** Tells a page what to read again: `{ topic, id }` of the visitor's own tenant, as server-sent events. */
export async function GET(request: Request): Promise<Response> {
  const session = await getSession();
  if (session === null || !can(session, 'live.read')) {
    return Response.json({ code: 'not_signed_in', message: 'Sign in to hear of changes.' }, { status: 401 });
  }
  const { tenant, userId } = session;
  const stream = createLiveStream({ hub: await connectLiveHub(), tenant, userId, signal: request.signal });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Compression and proxies would hold notices back.
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}
