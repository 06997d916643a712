/** How often a batch is written again that lost against others, before it is written in parts. */
const maxConflicts = 3;

/**
 * Writes a batch as a whole; again when it lost against others; and, when its content is refused, in halves until the
 * bad part stands alone. An item that does nothing but lose against others is not bad: then it rejects.
 */
export async function splitUntilGood<T>(
  items: readonly T[],
  write: (items: readonly T[]) => Promise<ReadonlySet<string>>,
  onBad: (item: T, error: unknown) => void,
): Promise<ReadonlySet<string>> {
  const outcome = await writeRepeatedly(items, write);
  if ('won' in outcome) return outcome.won;
  const { error } = outcome;
  const [first] = items;
  if (first === undefined || !(isRefused(error) || isConflict(error))) throw error;
  if (items.length === 1) {
    if (!isRefused(error)) throw error;
    onBad(first, error);
    return new Set();
  }
  const middle = Math.ceil(items.length / 2);
  const left = await splitUntilGood(items.slice(0, middle), write, onBad);
  const right = await splitUntilGood(items.slice(middle), write, onBad);
  return new Set([...left, ...right]);
}

async function writeRepeatedly<T>(
  items: readonly T[],
  write: (items: readonly T[]) => Promise<ReadonlySet<string>>,
): Promise<{ readonly won: ReadonlySet<string> } | { readonly error: unknown }> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return { won: await write(items) };
    } catch (error) {
      if (!isConflict(error) || conflicts > maxConflicts) return { error };
    }
  }
}

/** Deadlocks and lock timeouts of Postgres: rolled back for the sake of others, whatever the content. */
function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40P01' || code === '55P03';
}

/** Data that a column refuses (class 22) and constraint violations (class 23): the content is bad and stays bad. */
function isRefused(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('22') || code.startsWith('23');
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
