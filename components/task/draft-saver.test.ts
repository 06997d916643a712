import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DraftSaver, type DraftState } from './draft-saver';
import { forgetOthers, keepTyped, typedHere } from './typed-here';

const states: DraftState[] = [];
const saved: unknown[] = [];
let answer: () => Promise<boolean> = async () => true;
const by = (taskId: string) => ({ userId: 'mia', taskId });
const saverOf = (taskId: string) =>
  new DraftSaver({
    by: by(taskId),
    save: async (data) => {
      saved.push(data.a);
      return answer();
    },
    tell: (state) => void states.push(state),
  });

beforeEach(() => {
  vi.useFakeTimers();
  states.length = 0;
  saved.length = 0;
  answer = async () => true;
});
afterEach(() => void vi.useRealTimers());

describe('the draft of an answer', () => {
  it('is saved once after a pause, as it is then', async () => {
    const saver = saverOf('t1');
    for (const a of ['h', 'he', 'hey']) saver.type({ a });
    expect(typedHere(by('t1'))).toEqual({ a: 'hey' });
    await vi.runAllTimersAsync();
    expect(saved).toEqual(['hey']);
    expect(states.at(-1)).toBe('saved');
    expect(typedHere(by('t1'))).toBeUndefined();
  });

  it('is saved again where more was typed while it was saved', async () => {
    let arrive: (isKept: boolean) => void = () => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    const saver = saverOf('t2');
    saver.type({ a: 1 });
    const first = saver.flush();
    saver.type({ a: 2 });
    await vi.runOnlyPendingTimersAsync();
    expect(saved).toEqual([1]);
    answer = async () => true;
    arrive(true);
    await first;
    expect(saved).toEqual([1, 2]);
    expect(typedHere(by('t2'))).toBeUndefined();
  });

  it('stays in this tab while there is no connection, and is saved by itself once there is', async () => {
    answer = async () => {
      throw new Error('no network');
    };
    const saver = saverOf('t3');
    saver.type({ a: 1 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(states.at(-1)).toBe('unreachable');
    expect(saved.length).toBeGreaterThan(2);
    expect(typedHere(by('t3'))).toEqual({ a: 1 });
    answer = async () => true;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(states.at(-1)).toBe('saved');
    expect(typedHere(by('t3'))).toBeUndefined();
  });

  it('is sent again with the next change alone where the server refused it', async () => {
    answer = async () => false;
    const saver = saverOf('t5');
    saver.type({ a: 1 });
    await vi.runAllTimersAsync();
    expect(states.at(-1)).toBe('refused');
    expect(saved).toEqual([1]);
    expect(typedHere(by('t5'))).toEqual({ a: 1 });
  });

  it('does not replace what was typed at a later opening of the same task', async () => {
    answer = async () => {
      throw new Error('no network');
    };
    const first = saverOf('t6');
    first.type({ a: 'old' });
    await first.flush();
    answer = async () => true;
    const second = saverOf('t6');
    second.type({ a: 'new' });
    await vi.runAllTimersAsync();
    expect(saved).toEqual(['old', 'new']);
  });

  it('of somebody else is not seen, and is forgotten', () => {
    keepTyped({ userId: 'max', taskId: 't7' }, { a: 'his' });
    keepTyped(by('t7'), { a: 'hers' });
    expect(typedHere(by('t7'))).toEqual({ a: 'hers' });
    forgetOthers('mia');
    expect(typedHere({ userId: 'max', taskId: 't7' })).toBeUndefined();
    expect(typedHere(by('t7'))).toEqual({ a: 'hers' });
  });

  it('is not saved behind the answer, and is forgotten with it', async () => {
    const saver = saverOf('t4');
    saver.type({ a: 1 });
    saver.hold();
    await vi.runAllTimersAsync();
    expect(saved).toEqual([]);
    saver.goOn();
    await saver.flush();
    expect(saved).toEqual([1]);
    saver.type({ a: 2 });
    saver.forget();
    await vi.runAllTimersAsync();
    expect(saved).toEqual([1]);
    expect(typedHere(by('t4'))).toBeUndefined();
  });
});
