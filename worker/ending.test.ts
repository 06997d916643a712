import { describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/workflow/telemetry/silentLogger';
import { endOnce } from './ending';

function ending(...steps: (() => Promise<unknown>)[][]) {
  const done: (string | number)[] = [];
  const end = endOnce({
    steps: steps.map((parts, index) => () => {
      done.push(`step ${index + 1}`);
      return parts.map((part) => part());
    }),
    exit: (code) => done.push(code),
    logger: silentLogger,
  });
  return { end, done };
}
const fine = () => Promise.resolve();
const away = () => Promise.reject(new Error('The database is away.'));

describe('the end of a worker', () => {
  it('comes behind all of its steps, with the code that was asked for', async () => {
    const { end, done } = ending([fine], [fine]);
    await end(0);
    expect(done).toEqual(['step 1', 'step 2', 0]);
  });

  it('comes where a part of a step fails too: the rest is waited for, and the code tells of it', async () => {
    const drained: string[] = [];
    const drain = async () => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      drained.push('drained');
    };
    const next = () => Promise.resolve(drained.push('closed'));
    const { end, done } = ending([away, drain], [next]);
    await end(0);
    expect(done).toEqual(['step 1', 'step 2', 1]);
    expect(drained).toEqual(['drained', 'closed']);
    const fenced = ending([away]);
    await fenced.end(3);
    expect(fenced.done).toEqual(['step 1', 3]);
  });

  it('comes once', async () => {
    const { end, done } = ending([fine]);
    await Promise.all([end(1), end(0)]);
    expect(done).toEqual(['step 1', 1]);
  });
});
