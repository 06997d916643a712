import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Cut } from './cut';
import { ActionTimeoutError, AttemptAbortedError, pause, runAttempt } from './attempt';

const never = () => new Promise<never>(() => undefined);
const attempt = (work: (signal: () => AbortSignal) => Promise<unknown>, signal: AbortSignal, timeoutMs = 60_000) =>
  runAttempt({ action: 'sendNote', timeoutMs, cut: new Cut(signal), work });
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('an attempt', () => {
  it('settles as its work does', async () => {
    const { signal } = new AbortController();
    await expect(attempt(async () => 'sent', signal)).resolves.toBe('sent');
    await expect(attempt(() => Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('ends when its time is over, and tells the work through its own signal', async () => {
    let own: AbortSignal | undefined;
    const work = (signal: () => AbortSignal) => {
      own = signal();
      return never();
    };
    await expect(attempt(work, new AbortController().signal, 5)).rejects.toThrow(ActionTimeoutError);
    expect(own?.aborted).toBe(true);
  });

  it('ends when the worker stops: before it begins, in the turn it began in, and later', async () => {
    const gone = AbortSignal.abort();
    await expect(attempt(never, gone)).rejects.toThrow(AttemptAbortedError);
    for (const waitMs of [0, 10]) {
      const stopping = new AbortController();
      const running = attempt(never, stopping.signal);
      if (waitMs > 0) await later(waitMs);
      stopping.abort();
      await expect(running).rejects.toThrow(AttemptAbortedError);
    }
  });

  it('shares one listener on the signal with all others, however many run', async () => {
    const stopping = new AbortController();
    const running = Array.from({ length: 50 }, () => attempt(never, stopping.signal));
    const pauses = Array.from({ length: 50 }, () => pause(60_000, stopping.signal));
    await later(5);
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
    stopping.abort();
    const settled = await Promise.allSettled([...running, ...pauses]);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(50);
  });
});
