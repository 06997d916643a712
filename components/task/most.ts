import type { JsonObject } from '@/lib/forms/types';

/** What one request may carry, in bytes, with room for what stands around the answers. */
const mostBytes = 1_000_000;

/** Said before it is sent: the server refuses such a request as a whole, and could not say what is wrong with it. */
export const tooLarge = 'What you typed is too large to be sent. Shorten it and send it again; nothing of it was lost.';

export function isTooLarge(data: JsonObject): boolean {
  return new TextEncoder().encode(JSON.stringify(data)).length > mostBytes;
}
