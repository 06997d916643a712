import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DraftSaver, typedButUnsaved, type DraftState } from './draft-saver';

const states: DraftState[] = [];
const saved: unknown[] = [];
let answer: () => Promise<boolean> = async () => true;
const saverOf = (taskId: string) =>
  new DraftSaver({
    taskId,
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
    expect(typedButUnsaved('t1')).toEqual({ a: 'hey' });
    await vi.runAllTimersAsync();
    expect(saved).toEqual(['hey']);
    expect(states.at(-1)).toBe('saved');
    expect(typedButUnsaved('t1')).toBeUndefined();
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
    expect(typedButUnsaved('t2')).toBeUndefined();
  });

  it('stays in this tab where the server could not keep it, and goes with the next save', async () => {
    answer = async () => {
      throw new Error('no network');
    };
    const saver = saverOf('t3');
    saver.type({ a: 1 });
    await vi.runAllTimersAsync();
    expect(states.at(-1)).toBe('failed');
    expect(typedButUnsaved('t3')).toEqual({ a: 1 });
    answer = async () => true;
    await saver.flush();
    expect(saved).toEqual([1, 1]);
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
    expect(typedButUnsaved('t4')).toBeUndefined();
  });
});
