import type { LiveChange, LivePublisher } from '../workflow/model/ports/live';
import type { Logger, Metrics } from '../workflow/model/ports/telemetry';
import { createBatcher } from './batcher';
import type { ChangeCounter } from './changeCounter';
import { encodeLiveMessage, liveChannel } from './liveChannel';
import { createOutage } from './outage';
import { becomesReady, closeRedisClient, createRedisClient } from './redisClient';

const waitMs = 200;
const changesPerMessage = 500;

/**
 * Announces changes over Redis pub/sub. While Redis is away it moves the change counter, which hubs without Redis poll.
 */
export function createRedisLivePublisher({
  url,
  prefix,
  counter,
  logger,
  metrics,
}: {
  readonly url: string;
  readonly prefix: string;
  readonly counter: ChangeCounter;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): LivePublisher {
  const outage = createOutage({ use: 'live-publish', logger, metrics });
  const client = createRedisClient({ url, name: 'baton-live-publish', outage });
  const standIn = createCounterLivePublisher({ counter, logger });
  const channel = liveChannel(prefix);
  const batcher = createBatcher<LiveChange>({
    keyOf: ({ tenant, topic, id }) => `${topic} ${id} ${tenant}`,
    send: async (changes) => {
      if (!(await becomesReady({ client, timeoutMs: 1_000 }))) throw new Error('Not connected.');
      for (let start = 0; start < changes.length; start += changesPerMessage) {
        await client.publish(channel, encodeLiveMessage(changes.slice(start, start + changesPerMessage)));
      }
    },
    isWorking: () => !outage.isFailing(),
    // The counter has told of them already.
    onDropped: () => undefined,
    waitMs,
  });
  client.on('ready', batcher.retry);
  return {
    publish: async ({ changes }) => {
      if (changes.length === 0) return;
      // Returns at once while Redis is away; hubs that are not cut off get the exact notice when it is back.
      await batcher.add(changes);
      if (outage.isFailing()) await standIn.publish({ changes });
    },
    close: async () => {
      batcher.close();
      await standIn.close();
      await closeRedisClient(client);
    },
  };
}

/** Announces "something changed" through the counter; what changed is not said. */
export function createCounterLivePublisher({
  counter,
  logger,
}: {
  readonly counter: ChangeCounter;
  readonly logger: Logger;
}): LivePublisher {
  let isFailing = false;
  const batcher = createBatcher<'changed'>({
    keyOf: (item) => item,
    send: async () => {
      try {
        await counter.bump();
        isFailing = false;
      } catch (error) {
        if (!isFailing) logger.warn({ error }, 'The change counter could not be moved; open pages may lag.');
        isFailing = true;
        throw error;
      }
    },
    isWorking: () => !isFailing,
    onDropped: () => undefined,
    waitMs,
  });
  return {
    publish: ({ changes }) => (changes.length === 0 ? Promise.resolve() : batcher.add(['changed'])),
    close: async () => {
      batcher.close();
    },
  };
}
