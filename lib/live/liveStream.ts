/** Server-sent events for one browser: change notices of its tenant, as long as it listens. */
import type { LiveHub, LiveNotice } from '@shared/workflow/model/ports/live';

/** Notices that wait for a browser which does not read; beyond it the connection is closed and the browser returns. */
const MAX_WAITING = 1000;

/**
 * A body for `text/event-stream`. It begins with the notice that anything may have changed: what happened between the
 * rendering of the page and this moment was not heard by it. A comment every `heartbeatMs` keeps the connection open.
 * The stream ends after `maxAgeMs`, and when the person's roles or standing change, whereupon the browser connects again
 * and its session is looked at anew.
 * @param tenant null: nothing is heard; for people who belong to no tenant.
 * @param signal aborted when the browser is gone.
 */
export function createLiveStream({
  hub,
  tenant,
  userId,
  signal,
  heartbeatMs = 20_000,
  maxAgeMs = 10 * 60_000,
}: {
  readonly hub: Pick<LiveHub, 'subscribe'>;
  readonly tenant: string | null;
  /** Whose browser it is. */
  readonly userId: string;
  readonly signal: AbortSignal;
  readonly heartbeatMs?: number;
  readonly maxAgeMs?: number;
}): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let release = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = () => {
          release();
          controller.close();
        };
        const send = (text: string) => {
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) <= 0) end();
        };
        const sendNotice = (notice: LiveNotice) => {
          // What this person may see has changed: the page reads again, and is asked anew who it is.
          const isAboutReader = notice.topic === 'member' && notice.id === userId;
          send(`data: ${JSON.stringify(isAboutReader ? { topic: '*', id: '*' } : notice)}\n\n`);
          // Sending may have ended it already.
          if (isAboutReader && (controller.desiredSize ?? 0) > 0) end();
        };
        if (signal.aborted) {
          controller.close();
          return;
        }
        const unsubscribe = tenant === null ? () => {} : hub.subscribe({ tenant, listener: sendNotice });
        const heartbeat = setInterval(() => {
          send(': still here\n\n');
        }, heartbeatMs);
        const age = setTimeout(end, maxAgeMs);
        signal.addEventListener('abort', end);
        release = () => {
          unsubscribe();
          clearInterval(heartbeat);
          clearTimeout(age);
          signal.removeEventListener('abort', end);
        };
        send('retry: 1000\n\n');
        sendNotice({ topic: '*', id: '*' });
      },
      cancel() {
        release();
      },
    },
    new CountQueuingStrategy({ highWaterMark: MAX_WAITING }),
  );
}
