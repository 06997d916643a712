'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isReachable } from './use-refresh';

export type LiveTopic = 'task' | 'execution' | 'invoice' | 'member';
interface LiveNotice {
  readonly topic: LiveTopic | '*';
  readonly id?: string;
}

/** At most one refresh in this time, so that a burst of changes costs one read. */
const quietMs = 400;
const retryMs = 3000;
const lingerMs = 1000;

/** One connection per tab, shared by everything that listens; it ends when nobody does. */
const listeners = new Set<(notice: LiveNotice) => void>();
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let hasFailed = false;

function connect(): void {
  source = new EventSource('/api/live');
  source.onmessage = (message) => {
    const notice = parseNotice(message.data);
    if (notice) listeners.forEach((listener) => listener(notice));
  };
  source.onopen = () => {
    // What happened while the connection was down was not heard: everybody looks once.
    if (hasFailed) listeners.forEach((listener) => listener({ topic: '*' }));
    hasFailed = false;
  };
  source.onerror = () => {
    hasFailed = true;
    // The browser reconnects by itself unless the server refused; then we ask again, slowly.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = undefined;
    clearTimeout(retry);
    retry = setTimeout(() => {
      if (listeners.size > 0 && !source) connect();
    }, retryMs);
  };
}

function parseNotice(data: unknown): LiveNotice | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'topic' in value ? (value as LiveNotice) : null;
  } catch {
    return null;
  }
}

function listen(listener: (notice: LiveNotice) => void): () => void {
  listeners.add(listener);
  if (!source) connect();
  return () => {
    listeners.delete(listener);
    // The next page usually listens at once: the connection is kept for it.
    setTimeout(() => {
      if (listeners.size > 0) return;
      source?.close();
      source = undefined;
      clearTimeout(retry);
    }, lingerMs);
  };
}

/**
 * Reads the page again when something it shows has changed. What people typed, the focus and the scroll position stay:
 * only the server's part is replaced. A hidden tab waits until it is looked at.
 */
export function LiveRefresh({
  topics,
  ids,
}: {
  readonly topics: readonly LiveTopic[];
  /** Only notices about these; without them all notices of the topics count. */
  readonly ids?: readonly string[];
}) {
  const router = useRouter();
  const wanted = topics.join(' ');
  const wantedIds = ids?.join(' ');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;
    let isGone = false;
    let lastMs = 0;

    const refresh = async () => {
      isStale = true;
      // Read again without a connection, the page would be gone, and what is typed in it. What is heard meanwhile is
      // part of what is read then.
      const canRead = !document.hidden && (await isReachable());
      timer = undefined;
      if (isGone) return;
      if (canRead) {
        isStale = false;
        lastMs = performance.now();
        router.refresh();
      } else if (!document.hidden && navigator.onLine) {
        timer = setTimeout(() => void refresh(), retryMs);
      }
    };
    const schedule = () => {
      timer ??= setTimeout(() => void refresh(), Math.max(30, lastMs + quietMs - performance.now()));
    };
    const lookAgain = () => {
      if (!document.hidden && isStale) schedule();
    };
    const stop = listen((notice) => {
      const isOne = wantedIds === undefined || (notice.id !== undefined && wantedIds.split(' ').includes(notice.id));
      const isMine = wanted.split(' ').includes(notice.topic) && isOne;
      if (notice.topic === '*' || isMine) schedule();
    });
    document.addEventListener('visibilitychange', lookAgain);
    addEventListener('online', lookAgain);
    return () => {
      isGone = true;
      stop();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', lookAgain);
      removeEventListener('online', lookAgain);
    };
  }, [router, wanted, wantedIds]);
  return null;
}
