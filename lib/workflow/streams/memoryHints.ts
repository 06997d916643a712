import type { Hint, HintListener, HintPublisher, HintSource, ReceivedHint } from '../model/ports/hints';

/** Hints within one process, with the delivery of the Redis adapter: at least once, reclaimed by the next owner. */
export interface MemoryHints {
  readonly publisher: HintPublisher;
  createSource(): HintSource;
  /** Loses everything, as a flushed Redis does; every source hears `onHeal`. */
  flush(): void;
}

interface Entry {
  readonly hint: ReceivedHint;
  /** Who has it and has not acknowledged it. */
  reader: object | undefined;
}

const hintsPerCall = 256;

export function createMemoryHints(): MemoryHints {
  const partitions = new Map<number, Entry[]>();
  const sources = new Set<{ wake(): void; heal(): void }>();
  let lastToken = 0;

  const entriesOf = (partitionId: number): Entry[] => {
    const found = partitions.get(partitionId);
    if (found !== undefined) return found;
    const made: Entry[] = [];
    partitions.set(partitionId, made);
    return made;
  };

  const add = ({ partitionId, executionId }: Hint): void => {
    lastToken += 1;
    entriesOf(partitionId).push({ hint: { partitionId, executionId, token: String(lastToken) }, reader: undefined });
  };

  const createSource = (): HintSource => {
    const reader = {};
    let owned: readonly number[] = [];
    let listener: HintListener | undefined;
    let busy = false;

    const pump = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      // Lets the caller's own work come first, as a network would.
      await Promise.resolve();
      while (listener !== undefined) {
        const entries = owned
          .flatMap((id) => entriesOf(id).filter((entry) => entry.reader === undefined))
          .slice(0, hintsPerCall);
        if (entries.length === 0) break;
        for (const entry of entries) entry.reader = reader;
        try {
          await listener.onHints({ hints: entries.map((entry) => entry.hint) });
        } catch {
          // Stays unacknowledged, as the port says.
        }
      }
      busy = false;
    };
    const member = {
      wake: () => void pump(),
      heal: () => {
        listener?.onHeal();
      },
    };

    return {
      start: async (request) => {
        listener = request.listener;
        sources.add(member);
        member.wake();
      },
      setPartitions: ({ partitionIds }) => {
        const added = partitionIds.filter((id) => !owned.includes(id));
        owned = [...partitionIds];
        for (const entry of added.flatMap(entriesOf)) entry.reader = undefined;
        member.wake();
      },
      acknowledge: async ({ hints }) => {
        const done = new Set(hints.map((hint) => hint.token));
        for (const id of new Set(hints.map((hint) => hint.partitionId))) {
          partitions.set(
            id,
            entriesOf(id).filter((entry) => !done.has(entry.hint.token)),
          );
        }
      },
      stop: async () => {
        listener = undefined;
        sources.delete(member);
      },
      state: () => 'up',
    };
  };

  return {
    publisher: {
      publish: async ({ hints }) => {
        hints.forEach(add);
        for (const source of sources) source.wake();
      },
      close: () => Promise.resolve(),
    },
    createSource,
    flush: () => {
      partitions.clear();
      for (const source of sources) source.heal();
    },
  };
}
