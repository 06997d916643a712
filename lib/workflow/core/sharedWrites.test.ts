import { describe, expect, it } from 'vitest';
import { shareWrites } from './sharedWrites';

/** A database that answers when it is told to. */
function heldWrites() {
  const batches: { readonly items: readonly number[]; answer(): void; fail(error: Error): void }[] = [];
  const write = (items: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      batches.push({ items, answer: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { batches, write };
}

/** Long enough for whatever would be sent to be sent. */
const turn = async () => {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const refusal = (code: string) => Object.assign(new Error('refused'), { code });

describe('shared writes', () => {
  it('send what comes together in one statement and answer each call with its own part', async () => {
    const { batches, write } = heldWrites();
    const share = shareWrites({ write });
    const answers = Promise.all([share(1), share(2), share(3)]);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    batches[0]?.answer();
    expect(await answers).toEqual([10, 20, 30]);
  });

  it('keep what comes during a statement for the next one, in order', async () => {
    const { batches, write } = heldWrites();
    const share = shareWrites({ write });
    const first = share(1);
    await turn();
    const later = [share(2), share(3)];
    await turn();
    expect(batches).toHaveLength(1);
    batches[0]?.answer();
    expect(await first).toBe(10);
    await turn();
    expect(batches[1]?.items).toEqual([2, 3]);
    batches[1]?.answer();
    expect(await Promise.all(later)).toEqual([20, 30]);
  });

  it('have no more statements under way than lanes, and no more items in one than allowed', async () => {
    const { batches, write } = heldWrites();
    const share = shareWrites({ write, lanes: 2, maxItems: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => share(item)));
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    batches[0]?.answer();
    batches[1]?.answer();
    await turn();
    batches[2]?.answer();
    expect(await answers).toEqual([10, 20, 30, 40, 50]);
  });

  it('write each item alone when Postgres refuses them together: only the bad one fails', async () => {
    const share = shareWrites<number, number>({
      write: async (items) => {
        if (items.includes(2)) throw refusal('22P05');
        return items.map((item) => item * 10);
      },
    });
    const settled = await Promise.allSettled([share(1), share(2), share(3)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('reject all and repeat nothing when the answer is lost: the rows may be committed', async () => {
    let statements = 0;
    const share = shareWrites<number, number>({
      write: async () => {
        statements += 1;
        throw refusal('CONNECTION_CLOSED');
      },
    });
    const settled = await Promise.allSettled([share(1), share(2)]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(statements).toBe(1);
  });
});
