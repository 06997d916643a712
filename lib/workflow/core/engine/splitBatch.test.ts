import { describe, expect, it } from 'vitest';
import { splitUntilGood } from './splitBatch';

const error = (code: string) => Object.assign(new Error(code), { code });

function store(refuse: (items: readonly string[], attempt: number) => Error | null) {
  const written: string[][] = [];
  const bad: string[] = [];
  let attempt = 0;
  const write = async (items: readonly string[]) => {
    attempt += 1;
    const refusal = refuse(items, attempt);
    if (refusal) throw refusal;
    written.push([...items]);
    return new Set(items);
  };
  return { written, bad, run: (items: string[]) => splitUntilGood(items, write, (item) => bad.push(item)) };
}

describe('writing a batch', () => {
  it('writes all at once when nothing is wrong', async () => {
    const { written, run } = store(() => null);
    expect(await run(['a', 'b'])).toEqual(new Set(['a', 'b']));
    expect(written).toEqual([['a', 'b']]);
  });

  it('singles out the one whose content is refused', async () => {
    const { bad, run } = store((items) => (items.includes('c') ? error('22P02') : null));
    expect(await run(['a', 'b', 'c', 'd', 'e'])).toEqual(new Set(['a', 'b', 'd', 'e']));
    expect(bad).toEqual(['c']);
  });

  it('writes again what lost a deadlock', async () => {
    const { bad, written, run } = store((_, attempt) => (attempt <= 2 ? error('40P01') : null));
    expect(await run(['a', 'b'])).toEqual(new Set(['a', 'b']));
    expect(written).toEqual([['a', 'b']]);
    expect(bad).toEqual([]);
  });

  it('does not hold it against one that it waits for a lock in vain', async () => {
    const { bad, run } = store(() => error('55P03'));
    await expect(run(['a'])).rejects.toMatchObject({ code: '55P03' });
    expect(bad).toEqual([]);
  });

  it('rejects at once with any other error', async () => {
    const { bad, run } = store(() => error('08006'));
    await expect(run(['a', 'b'])).rejects.toMatchObject({ code: '08006' });
    expect(bad).toEqual([]);
  });
});
