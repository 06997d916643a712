// Reads the hints of owned partitions. Two ways to read, one code:
// - `together` (one Redis): one blocking XREADGROUP over all owned streams. Fewest connections and the best batches.
// - `perStream` (Redis Cluster, or a proxy in front of one): one blocking XREADGROUP a stream, each on its connection,
//   because a command over several streams would cross hash slots. A partition has one owner, so the whole system holds
//   as many such connections as there are partitions.
// No other command here names two keys.
import { setTimeout as delay } from 'node:timers/promises';
import { closeRedisClient, createRedisClient } from '../../redis/redisClient';
import { createOutage } from '../../redis/outage';
import type { HintListener, HintSource, ReceivedHint } from '../model/ports/hints';
import type { Logger, Metrics } from '../model/ports/telemetry';
import { instruments } from '../telemetry/names';
import { startHintLane, type HintLane } from './hintLane';
import { hintGroup, hintStreamKey } from './hintStreams';

export type HintReadMode = 'together' | 'perStream';

const hintsPerCall = 256;
/** Acknowledgements of so long a time go together: nobody waits for them, and each trip costs as much as a statement. */
const acknowledgeMs = 20;

/** See the port. The consumer's name is the worker's id: one incarnation, one consumer. */
export function createRedisHintSource({
  url,
  prefix,
  workerId,
  logger,
  metrics,
  readMode = 'together',
  blockMs = 2_000,
}: {
  readonly url: string;
  /** The prefix that the publishers use. */
  readonly prefix: string;
  readonly workerId: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readMode?: HintReadMode;
  /** Longest wait of one read; a lost group or stream is noticed within this time. */
  readonly blockMs?: number;
}): HintSource {
  const outage = createOutage({ use: 'hints', logger, metrics });
  // Acknowledgements and interruptions; its outages show in the lanes too, which report them.
  const control = createRedisClient({ url, name: `baton-ack-${workerId}` });
  const lanes = new Map<string, HintLane>();
  let listener: HintListener | undefined;
  let partitions: readonly number[] = [];
  let stopped = false;
  let taken: ReceivedHint[] = [];
  let acknowledging: Promise<void> | undefined;

  const acknowledgeTaken = async (): Promise<void> => {
    acknowledging = undefined;
    const tokens = new Map<string, string[]>();
    for (const { partitionId, token } of taken) {
      const key = hintStreamKey({ prefix, partitionId });
      const known = tokens.get(key);
      if (known) known.push(token);
      else tokens.set(key, [token]);
    }
    taken = [];
    if (control.status !== 'ready' || tokens.size === 0) return;
    const pipeline = control.pipeline();
    for (const [key, ids] of tokens) pipeline.xack(key, hintGroup, ...ids);
    // Not acknowledged means delivered once more to the next owner, which is harmless.
    await pipeline.exec().catch(() => undefined);
  };

  const deliver = async (hints: readonly ReceivedHint[]): Promise<void> => {
    metrics.count({ counter: instruments.hintsRead, by: hints.length });
    for (let start = 0; start < hints.length; start += hintsPerCall) {
      try {
        await listener?.onHints({ hints: hints.slice(start, start + hintsPerCall) });
      } catch (error) {
        logger.error({ error, workerId }, 'Hints were not handled; the sweep will find their rows.');
      }
    }
  };

  const openLane = (): HintLane =>
    startHintLane({
      url,
      consumer: workerId,
      blockMs,
      outage,
      unblock: async (connectionId) => {
        await control.client('UNBLOCK', connectionId).catch(() => undefined);
      },
      events: {
        onHints: deliver,
        onReclaimed: (count) => {
          metrics.count({ counter: instruments.hintsReclaimed, by: count });
        },
        onHeal: () => {
          metrics.count({ counter: instruments.hintHeals });
          logger.info({ workerId }, 'Hint streams were restored; sweeping.');
          listener?.onHeal();
        },
      },
    });

  const arrange = (): void => {
    if (listener === undefined || stopped) return;
    const streams = partitions.map((partitionId) => ({ partitionId, key: hintStreamKey({ prefix, partitionId }) }));
    const groups =
      readMode === 'together' ? new Map([['all', streams]]) : new Map(streams.map((stream) => [stream.key, [stream]]));
    for (const [name, lane] of lanes) {
      if (groups.has(name)) continue;
      lanes.delete(name);
      lane.setStreams([]);
      void lane.stop();
    }
    for (const [name, group] of groups) {
      let lane = lanes.get(name);
      if (lane === undefined) {
        lane = openLane();
        lanes.set(name, lane);
      }
      lane.setStreams(group);
    }
  };

  return {
    start: async (request) => {
      listener = request.listener;
      arrange();
    },
    setPartitions: ({ partitionIds }) => {
      partitions = [...new Set(partitionIds)];
      arrange();
    },
    acknowledge: async ({ hints }) => {
      if (hints.length === 0) return;
      taken.push(...hints);
      acknowledging ??= delay(acknowledgeMs).then(acknowledgeTaken);
      await acknowledging;
    },
    stop: async () => {
      stopped = true;
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
      lanes.clear();
      await acknowledgeTaken();
      await closeRedisClient(control);
    },
    state: () => (outage.isUp() ? 'up' : 'down'),
  };
}
