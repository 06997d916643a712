import { expect, vi } from 'vitest';
import type { HintSource, ReceivedHint } from '../../model/ports/hints';

/** A source with a listener that remembers what it heard. */
export interface HintReader {
  readonly source: HintSource;
  readonly received: ReceivedHint[];
  heals(): number;
  /** Execution ids heard so far, without doubles. */
  ids(): string[];
  /** Resolves once all of these ids were heard. */
  hears(executionIds: readonly string[]): Promise<void>;
}

export async function startHintReader({
  source,
  partitionIds,
  acknowledges,
  onHints = () => Promise.resolve(),
}: {
  readonly source: HintSource;
  readonly partitionIds: readonly number[];
  readonly acknowledges: boolean;
  readonly onHints?: (hints: readonly ReceivedHint[]) => Promise<void>;
}): Promise<HintReader> {
  const received: ReceivedHint[] = [];
  let heals = 0;
  await source.start({
    listener: {
      onHints: async ({ hints }) => {
        received.push(...hints);
        await onHints(hints);
        if (acknowledges) await source.acknowledge({ hints });
      },
      onHeal: () => {
        heals += 1;
      },
    },
  });
  source.setPartitions({ partitionIds });
  const ids = () => [...new Set(received.map((hint) => hint.executionId))].sort();
  return {
    source,
    received,
    heals: () => heals,
    ids,
    hears: (executionIds) =>
      vi.waitFor(() => expect(ids()).toEqual(expect.arrayContaining([...executionIds])), {
        timeout: 10_000,
        interval: 10,
      }),
  };
}
