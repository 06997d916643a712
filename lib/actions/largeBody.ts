/** Requests to pages that are larger than a server action takes. The framework would answer that something failed. */
import { MAX_BODY_BYTES } from './jsonBody';

/** In the words of the page that may show it. */
const told = `This is too large to be sent: ${MAX_BODY_BYTES.toLocaleString('en')} bytes are the most. Nothing was changed; shorten it and send it again.`;

/**
 * Answers a request whose body is too large with 413, before anything of it is done. Without a length in its header the
 * body is counted as it comes.
 * @returns null where there is nothing to refuse.
 */
export async function refusalOfLargeBody(request: Request): Promise<Response | null> {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  const length = request.headers.get('content-length');
  const isLarge = length === null ? await isLargerThan(request, MAX_BODY_BYTES) : Number(length) > MAX_BODY_BYTES;
  return isLarge ? new Response(told, { status: 413, headers: { 'Content-Type': 'text/plain' } }) : null;
}

async function isLargerThan(request: Request, most: number): Promise<boolean> {
  const reader = request.body?.getReader();
  for (let length = 0; ;) {
    const part = await reader?.read();
    if (part?.value === undefined) return false;
    length += part.value.byteLength;
    if (length <= most) continue;
    await reader?.cancel();
    return true;
  }
}
