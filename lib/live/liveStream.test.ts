import type { LiveNotice } from '@shared/workflow/model/ports/live';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveStream } from './liveStream';

/** A hub in memory, with the number of those who listen. */
function createHub() {
  const listeners = new Map<(notice: LiveNotice) => void, string>();
  return {
    size: () => listeners.size,
    publish: (tenant: string, notice: LiveNotice) => {
      for (const [listener, heard] of [...listeners]) if (heard === tenant) listener(notice);
    },
    subscribe: ({ tenant, listener }: { readonly tenant: string; readonly listener: (notice: LiveNotice) => void }) => {
      listeners.set(listener, tenant);
      return () => void listeners.delete(listener);
    },
  };
}

const decoder = new TextDecoder();
async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && decoder.decode(value);
}

describe('the live stream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const open = (tenant: string | null) => {
    const hub = createHub();
    const abort = new AbortController();
    const reader = createLiveStream({
      hub,
      tenant,
      userId: 'mia',
      signal: abort.signal,
      heartbeatMs: 20,
      maxAgeMs: 100,
    }).getReader();
    return { hub, abort, reader };
  };

  it('begins with the notice that anything may have changed', async () => {
    const { reader } = open('acme');
    expect(await readText(reader)).toBe('retry: 1000\n\n');
    expect(await readText(reader)).toBe('data: {"topic":"*","id":"*"}\n\n');
  });

  it('passes on notices of its own tenant only', async () => {
    const { hub, reader } = open('acme');
    hub.publish('globex', { topic: 'task', id: 'theirs' });
    hub.publish('acme', { topic: 'task', id: 'ours' });
    await reader.read();
    await reader.read();
    expect(await readText(reader)).toBe('data: {"topic":"task","id":"ours"}\n\n');
  });

  it('has the page read again and ends when the reader is changed, and passes on changes of others', async () => {
    const { hub, reader } = open('acme');
    await reader.read();
    await reader.read();
    hub.publish('acme', { topic: 'member', id: 'max' });
    hub.publish('acme', { topic: 'member', id: 'mia' });
    expect(await readText(reader)).toBe('data: {"topic":"member","id":"max"}\n\n');
    expect(await readText(reader)).toBe('data: {"topic":"*","id":"*"}\n\n');
    expect((await reader.read()).done).toBe(true);
    expect(hub.size()).toBe(0);
  });

  it('sends a comment at every heartbeat', async () => {
    const { reader } = open('acme');
    await reader.read();
    await reader.read();
    vi.advanceTimersByTime(20);
    expect(await readText(reader)).toBe(': still here\n\n');
  });

  it.each(['abort', 'cancel', 'age', 'a reader that stalls'] as const)('ends and unsubscribes by %s', async (cause) => {
    const { hub, abort, reader } = open('acme');
    expect(hub.size()).toBe(1);
    if (cause === 'abort') abort.abort();
    if (cause === 'cancel') await reader.cancel();
    if (cause === 'age') vi.advanceTimersByTime(100);
    if (cause === 'a reader that stalls') {
      for (let index = 0; index < 2000; index++) hub.publish('acme', { topic: 'task', id: String(index) });
    }
    expect(hub.size()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hears nothing without a tenant, and stays open', async () => {
    const { hub, reader } = open(null);
    expect(hub.size()).toBe(0);
    await reader.read();
    await reader.read();
    vi.advanceTimersByTime(20);
    expect(await readText(reader)).toBe(': still here\n\n');
  });
});
