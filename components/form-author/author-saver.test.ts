import { describe, expect, it, vi } from 'vitest';
import type { FormDocuments } from '@/lib/forms/lint/finding';
import { AuthorSaver, type SaveDraftAction, type SaveNotice } from './author-saver';

const text = (jsonSchema: string): FormDocuments => ({ jsonSchema, uiSchema: '{}', sampleContext: '{}' });

/** A server that answers when it is told to. */
function setUp(revision = 0) {
  const calls: Parameters<SaveDraftAction>[0][] = [];
  const answers: ((answer: Awaited<ReturnType<SaveDraftAction>>) => void)[] = [];
  const notices: SaveNotice[] = [];
  const save: SaveDraftAction = (input) => {
    calls.push(input);
    return new Promise((resolve) => answers.push(resolve));
  };
  const saver = new AuthorSaver({ formName: 'a-form', revision, save, tell: (notice) => notices.push(notice) });
  const keep = (kept: number) =>
    answers.shift()?.({ ok: true, value: { revision: kept, savedAt: '2026-11-23T10:00:00Z', findings: [] } });
  const refuse = (code: string) => answers.shift()?.({ ok: false, code, message: `because of ${code}` });
  return { saver, calls, notices, keep, refuse, states: () => notices.map(({ state }) => state) };
}

describe('what an author types', () => {
  it('is saved after a pause, only the newest, each save from the revision of the one before', async () => {
    vi.useFakeTimers();
    try {
      const { saver, calls, keep, states } = setUp();
      saver.type(text('a'));
      saver.type(text('ab'));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(calls).toMatchObject([{ expectedRevision: 0, texts: { jsonSchema: 'ab' } }]);
      saver.type(text('abc'));
      keep(1);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(calls[1]).toMatchObject({ expectedRevision: 1, texts: { jsonSchema: 'abc' } });
      keep(2);
      await vi.advanceTimersByTimeAsync(0);
      expect(states().at(-1)).toBe('saved');
    } finally {
      vi.useRealTimers();
    }
  });

  it('is all with the server when a flush says so', async () => {
    const { saver, calls, keep } = setUp();
    saver.type(text('a'));
    const flushed = saver.flush();
    saver.type(text('ab'));
    keep(1);
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    keep(2);
    expect(await flushed).toBe(true);
    expect(saver.revision).toBe(2);
  });

  it('is told as not kept where the server refuses, and sent again with what is typed next', async () => {
    const { saver, calls, keep, refuse, notices } = setUp(3);
    saver.type(text('a'));
    const flushed = saver.flush();
    refuse('internal_error');
    expect(await flushed).toBe(false);
    expect(notices.at(-1)).toMatchObject({ state: 'failed', message: 'because of internal_error' });
    const again = saver.flush();
    keep(4);
    expect(await again).toBe(true);
    expect(calls.map(({ expectedRevision }) => expectedRevision)).toEqual([3, 3]);
  });

  it('is not sent over what somebody else wrote, until its author says so', async () => {
    const { saver, calls, keep, refuse, states } = setUp(1);
    saver.type(text('mine'));
    const flushed = saver.flush();
    refuse('stale_edit');
    expect(await flushed).toBe(false);
    expect(states().at(-1)).toBe('stale');
    saver.type(text('mine, more'));
    expect(await saver.flush()).toBe(false);
    expect(calls).toHaveLength(1);
    saver.rebase(5);
    const kept = saver.flush();
    keep(6);
    expect(await kept).toBe(true);
    expect(calls[1]).toMatchObject({ expectedRevision: 5, texts: { jsonSchema: 'mine, more' } });
  });
});
