/**
 * Calls of one process that write the same kind of row share statements, and with them commits. A call that finds
 * nothing under way goes at once; those that come while a statement is under way go together in the next one. There is
 * no timer and nothing waits for company: batches grow with the load.
 */
export type SharedWrite<Item, Answer> = (item: Item) => Promise<Answer>;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param write one statement in a transaction of its own; answers in the order of the items. When Postgres refuses it,
 *   nothing of it is committed and each item is written alone, so that a bad one fails by itself.
 * @param lanes statements under way at a time; with one, items are written in the order of their calls.
 */
export function shareWrites<Item, Answer>({
  write,
  lanes = 1,
  maxItems = 500,
}: {
  readonly write: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly lanes?: number;
  readonly maxItems?: number;
}): SharedWrite<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let busy = 0;
  let scheduled = false;

  const settle = async (batch: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await write(batch.map(({ item }) => item));
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      if (batch.length > 1 && isRefusal(error)) for (const each of batch) await settle([each]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const send = async (batch: readonly Waiting<Item, Answer>[]): Promise<void> => {
    busy += 1;
    await settle(batch);
    busy -= 1;
    schedule();
  };

  // After all callers that are awake now: those whose last write was just answered come together again.
  const schedule = (): void => {
    if (scheduled || busy >= lanes || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      while (busy < lanes && waiting.length > 0) {
        const batch = waiting.slice(0, maxItems);
        waiting = waiting.slice(maxItems);
        void send(batch);
      }
    });
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}

/** Postgres rolled back for what one of the rows is, or for the sake of others. */
function isRefusal(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^(22|23|40|54|55)[0-9A-Z]{3}$/.test(code);
}
