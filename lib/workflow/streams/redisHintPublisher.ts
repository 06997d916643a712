import { createBatcher } from '../../redis/batcher';
import { createOutage } from '../../redis/outage';
import { becomesReady, closeRedisClient, createRedisClient } from '../../redis/redisClient';
import type { Hint, HintPublisher } from '../model/ports/hints';
import type { Logger, Metrics } from '../model/ports/telemetry';
import { instruments } from '../telemetry/names';
import { executionField, hintMaxAgeMs, hintStreamKey } from './hintStreams';

/**
 * Adds hints to the streams of their partitions. Hints of callers that come while a batch is under way travel together
 * in the next one. During an outage up to 10,000 hints wait for its end and callers go on at once.
 */
export function createRedisHintPublisher({
  url,
  prefix,
  logger,
  metrics,
  waitMs = 200,
  nowMs = () => Date.now(),
}: {
  readonly url: string;
  /** Begins every key, such as `baton:`. */
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Longest time that a caller waits. */
  readonly waitMs?: number;
  /** Clock for trimming only. */
  readonly nowMs?: () => number;
}): HintPublisher {
  const outage = createOutage({ use: 'publish', logger, metrics });
  const client = createRedisClient({ url, name: 'baton-publish', outage });

  const send = async (hints: readonly Hint[]): Promise<void> => {
    if (!(await becomesReady({ client, timeoutMs: 1_000 }))) throw new Error('Not connected.');
    const oldest = nowMs() - hintMaxAgeMs;
    const pipeline = client.pipeline();
    for (const { partitionId, executionId } of hints) {
      pipeline.xadd(hintStreamKey({ prefix, partitionId }), 'MINID', '~', oldest, '*', executionField, executionId);
    }
    const refused = (await pipeline.exec())?.find(([error]) => error !== null)?.[0];
    if (refused !== undefined && refused !== null) {
      // Redis answers but takes nothing (out of memory, read-only): as bad as being away.
      outage.down(send, refused);
      throw refused;
    }
    outage.forget(send);
    metrics.count({ counter: instruments.hintsPublished, by: hints.length });
  };

  const batcher = createBatcher<Hint>({
    keyOf: (hint) => hint.executionId,
    send,
    isWorking: () => !outage.isFailing(),
    onDropped: (count) => {
      metrics.count({ counter: instruments.hintsDropped, by: count });
    },
    waitMs,
  });
  client.on('ready', batcher.retry);

  return {
    publish: ({ hints }) => batcher.add(hints),
    close: async () => {
      batcher.close();
      await closeRedisClient(client);
    },
  };
}
