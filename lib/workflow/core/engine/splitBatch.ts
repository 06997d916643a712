/** Writes a batch as a whole and, when its content is refused, in halves until the bad part stands alone. */
export async function splitUntilGood<T>(
  items: readonly T[],
  write: (items: readonly T[]) => Promise<ReadonlySet<string>>,
  options: {
    readonly isSplittable: (error: unknown) => boolean;
    readonly onBad: (item: T, error: unknown) => void;
  },
): Promise<ReadonlySet<string>> {
  try {
    return await write(items);
  } catch (error) {
    const [first] = items;
    if (!options.isSplittable(error) || first === undefined) throw error;
    if (items.length === 1) {
      options.onBad(first, error);
      return new Set();
    }
    const middle = Math.ceil(items.length / 2);
    const left = await splitUntilGood(items.slice(0, middle), write, options);
    const right = await splitUntilGood(items.slice(middle), write, options);
    return new Set([...left, ...right]);
  }
}

/**
 * Errors of Postgres after which nothing was committed and a smaller batch may succeed: data that a column refuses
 * (class 22), constraint violations (class 23), deadlocks and lock timeouts.
 */
export function isSplittable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string') return false;
  return code.startsWith('22') || code.startsWith('23') || code === '40P01' || code === '55P03';
}
