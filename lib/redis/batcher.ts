import { waitAtMost } from './patience';

/**
 * Sends items in batches, one batch at a time: what arrives while one is under way shares the next. Equal keys merge.
 * What could not be sent is kept, up to a bound, and tried again.
 */
export interface Batcher<T> {
  /** Settles when the items are sent, or after `waitMs`, or at once while sending is known to be broken or slow. */
  add(items: readonly T[]): Promise<void>;
  /** Tries again now what could not be sent. */
  retry(): void;
  /** Forgets what is waiting and sends nothing more. */
  close(): void;
}

export function createBatcher<T>({
  keyOf,
  send,
  isWorking,
  onDropped,
  waitMs,
  retryMs = 1_000,
  maxWaiting = 10_000,
}: {
  readonly keyOf: (item: T) => string;
  /** Sends one batch; a rejection puts it back. */
  readonly send: (items: readonly T[]) => Promise<void>;
  /** False while a sender should not wait for the outcome. */
  readonly isWorking: () => boolean;
  readonly onDropped: (count: number) => void;
  readonly waitMs: number;
  readonly retryMs?: number;
  readonly maxWaiting?: number;
}): Batcher<T> {
  let waiting = new Map<string, T>();
  let sending: { readonly done: Promise<void>; readonly since: number } | undefined;
  let failed = false;
  let closed = false;
  let retryTimer: NodeJS.Timeout | undefined;

  const keep = (items: Iterable<T>) => {
    let dropped = 0;
    for (const item of items) {
      if (waiting.size >= maxWaiting && !waiting.has(keyOf(item))) dropped += 1;
      else waiting.set(keyOf(item), item);
    }
    if (dropped > 0) onDropped(dropped);
  };

  const scheduleRetry = (): void => {
    retryTimer ??= setTimeout(retry, retryMs).unref();
  };
  const retry = (): void => {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    pump();
  };

  const pump = (): void => {
    if (closed || sending !== undefined || waiting.size === 0) return;
    const batch = waiting;
    waiting = new Map();
    const done = send([...batch.values()]).then(
      () => {
        failed = false;
        sending = undefined;
        pump();
      },
      () => {
        failed = true;
        sending = undefined;
        if (closed) return;
        keep(batch.values());
        scheduleRetry();
      },
    );
    sending = { done, since: performance.now() };
  };

  // Resolves when all that waits now has been tried: the batch under way and the next one.
  const flushed = async (): Promise<void> => {
    const first = sending?.done;
    if (first !== undefined) await first;
    if (sending !== undefined && sending.done !== first) await sending.done;
  };

  return {
    add: async (items) => {
      if (closed || items.length === 0) return;
      keep(items);
      if (failed || !isWorking()) {
        scheduleRetry();
        return;
      }
      pump();
      const isSlow = sending !== undefined && performance.now() - sending.since > waitMs;
      if (isSlow) return;
      await waitAtMost({ work: flushed(), waitMs });
    },
    retry,
    close: () => {
      closed = true;
      clearTimeout(retryTimer);
      waiting.clear();
    },
  };
}
