// One loop that reads one set of streams over one connection of its own. The loop is the only user of the connection,
// so everything it does happens in order: make groups, reclaim, read, hand over, read again.
import type { Redis } from 'ioredis';
import type { Outage } from '../../redis/outage';
import { waitAtMost } from '../../redis/patience';
import { becomesReady, closeRedisClient, createRedisClient } from '../../redis/redisClient';
import type { ReceivedHint } from '../model/ports/hints';
import {
  ensureGroups,
  hintGroup,
  isLostGroup,
  parseEntries,
  reclaim,
  removeReaders,
  type HintStream,
  type RawEntry,
} from './hintStreams';

/** What a lane tells its source. */
export interface HintLaneEvents {
  /** Hints arrived; the lane reads on when the promise settles. It must not reject. */
  readonly onHints: (hints: readonly ReceivedHint[]) => Promise<void>;
  /** Entries of earlier readers were taken over; they come through `onHints` too. */
  readonly onReclaimed: (count: number) => void;
  /** Hints may have been lost. */
  readonly onHeal: () => void;
}

export interface HintLane {
  /** Replaces the streams that the lane reads, from its next read on; a blocked read is interrupted. */
  setStreams(streams: readonly HintStream[]): void;
  /** Ends the loop, leaves the consumer groups and closes the connection. */
  stop(): Promise<void>;
}

const entriesPerStream = 256;
const pauseAfterErrorMs = 250;
const nudgeMs = 20;

/** After what became ready meanwhile: the statement that a hint leads to is on its way before the next read is. */
const afterOthers = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

export function startHintLane({
  url,
  consumer,
  blockMs,
  outage,
  unblock,
  events,
}: {
  readonly url: string;
  readonly consumer: string;
  /** Longest time that one read waits in Redis. */
  readonly blockMs: number;
  readonly outage: Outage;
  /** Interrupts the blocked read of the connection with this id. Best effort, never rejects. */
  readonly unblock: (connectionId: number) => Promise<void>;
  readonly events: HintLaneEvents;
}): HintLane {
  const client = createRedisClient({ url, name: `baton-hints-${consumer}`, silenceMs: blockMs + 3_000, outage });
  let wanted: readonly HintStream[] = [];
  let adopted = wanted;
  let stopped = false;
  let connectionId: number | undefined;
  let reading = false;
  // The first connection needs groups and a reclaim like any later one, but nothing was lost before it.
  let isFirst = true;
  let isBroken = true;
  let wakeIdle: (() => void) | undefined;

  client.on('close', () => {
    isBroken = true;
    connectionId = undefined;
  });

  const nudge = (): void => {
    wakeIdle?.();
    // A read can be on its way but not yet blocked: say it again until it comes back.
    if (reading && (stopped || wanted !== adopted) && connectionId !== undefined) {
      void unblock(connectionId).then(() => setTimeout(nudge, nudgeMs).unref());
    }
  };

  const idle = (ms?: number): Promise<void> =>
    new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wakeIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      wakeIdle = undefined;
    });

  const adopt = async (): Promise<void> => {
    const target = wanted;
    const known = new Set(isBroken ? [] : adopted.map((stream) => stream.key));
    const added = target.filter((stream) => !known.has(stream.key));
    // Set before the work: a connection that breaks during it asks for all of it again.
    const healing = isBroken && !isFirst;
    isBroken = false;
    if (added.length > 0) {
      await ensureGroups({ client, streams: added });
      const hints = await reclaim({ client, streams: added, consumer });
      if (healing) events.onHeal();
      if (hints.length > 0) {
        events.onReclaimed(hints.length);
        await events.onHints(hints);
      }
    } else if (healing) events.onHeal();
    isFirst = false;
    adopted = target;
  };

  const read = async (): Promise<void> => {
    const byKey = new Map(adopted.map((stream) => [stream.key, stream]));
    reading = true;
    let reply;
    try {
      reply = await readGroup({ client, consumer, blockMs, keys: [...byKey.keys()] });
    } finally {
      reading = false;
    }
    const owned = new Set(wanted.map((stream) => stream.key));
    const hints = reply.flatMap(([key, entries]) => {
      const stream = byKey.get(key);
      // A partition given up while its stream was being read: the next owner reclaims what we were sent.
      return stream === undefined || !owned.has(key) ? [] : parseEntries({ stream, entries });
    });
    if (hints.length === 0) return;
    await events.onHints(hints);
    await afterOthers();
  };

  const step = async (): Promise<void> => {
    if (!(await becomesReady({ client, timeoutMs: 500 }))) {
      isFirst = false;
      return;
    }
    connectionId ??= await client.client('ID');
    if (isBroken || wanted !== adopted) return adopt();
    if (adopted.length === 0) return idle();
    return read();
  };

  const loop = (async () => {
    while (!stopped) {
      try {
        await step();
        if (!isBroken) outage.up(client);
      } catch (error) {
        isBroken = true;
        isFirst = false;
        // A flushed Redis is no outage: groups are made again at once.
        if (isLostGroup(error)) continue;
        if (!stopped) outage.down(client, error);
        await idle(pauseAfterErrorMs);
      }
    }
  })();

  return {
    setStreams: (streams) => {
      wanted = streams;
      nudge();
    },
    stop: async () => {
      stopped = true;
      nudge();
      await waitAtMost({ work: loop, waitMs: blockMs + 500 });
      if (client.status === 'ready') {
        await removeReaders({ client, streams: adopted, which: (name) => name === consumer }).catch(() => undefined);
      }
      await closeRedisClient(client);
      outage.forget(client);
    },
  };
}

async function readGroup({
  client,
  consumer,
  blockMs,
  keys,
}: {
  readonly client: Redis;
  readonly consumer: string;
  readonly blockMs: number;
  readonly keys: readonly string[];
}): Promise<readonly [key: string, entries: RawEntry[]][]> {
  const reply = await client.xreadgroup(
    'GROUP',
    hintGroup,
    consumer,
    'COUNT',
    entriesPerStream,
    'BLOCK',
    blockMs,
    'STREAMS',
    ...keys,
    ...keys.map(() => '>'),
  );
  return reply ?? [];
}
