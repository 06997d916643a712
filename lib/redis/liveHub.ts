// Fans change notices out to the open pages of this process: one Redis connection (or one poll) for all of them.
import type { LiveHub, LiveNotice } from '../workflow/model/ports/live';
import type { Logger, Metrics } from '../workflow/model/ports/telemetry';
import { instruments } from '../workflow/telemetry/names';
import type { ChangeCounter } from './changeCounter';
import { decodeLiveMessage, liveChannel } from './liveChannel';
import { createOutage } from './outage';
import { closeRedisClient, createRedisClient } from './redisClient';

export interface LiveHubSettings {
  /** Left out: no Redis, the counter is polled. */
  readonly redisUrl?: string | undefined;
  readonly prefix: string;
  readonly counter: ChangeCounter;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pollMs?: number;
  /** How often pages look by themselves while a configured Redis is away: publishers may still reach it. */
  readonly refreshMs?: number;
}

type Listener = (notice: LiveNotice) => void;

const anything: LiveNotice = { topic: '*', id: '*' };
const pingMs = 10_000;

/**
 * A hub. Notices come from Redis pub/sub; without it, and while it is away, the change counter is polled and pages hear
 * `*`. They hear `*` once more when Redis is back, and one poll after a change: the counter moves before the change
 * it tells of is committed.
 */
export function createLiveHub({
  redisUrl,
  prefix,
  counter,
  logger,
  metrics,
  pollMs = 1_000,
  refreshMs = 5_000,
}: LiveHubSettings): LiveHub {
  const listeners = new Map<string, Set<Listener>>();
  let closed = false;
  // Unknown until the first attempt to connect has ended: no poll is due before that.
  let link: 'unknown' | 'pushed' | 'lost' = redisUrl === undefined ? 'lost' : 'unknown';

  const tell = (notice: LiveNotice, to: Iterable<Listener>): void => {
    let told = 0;
    for (const listener of to) {
      told += 1;
      try {
        listener(notice);
      } catch (error) {
        logger.error({ error }, 'A listener of live notices threw.');
      }
    }
    if (told > 0) metrics.count({ counter: instruments.liveNotices, by: told });
  };
  const tellAll = () => {
    for (const group of listeners.values()) tell(anything, [...group]);
  };

  const poll = createPoll({
    counter,
    logger,
    pollMs,
    refreshMs: redisUrl === undefined ? undefined : refreshMs,
    isNeeded: () => !closed && link === 'lost' && listeners.size > 0,
    onChange: tellAll,
  });

  const openPush = (url: string): { close(): Promise<void> } => {
    const outage = createOutage({ use: 'live', logger, metrics });
    const client = createRedisClient({ url, name: 'baton-live', outage });
    const channel = liveChannel(prefix);
    client.on('ready', () => {
      client.subscribe(channel).then(
        () => {
          link = 'pushed';
          tellAll();
        },
        () => {
          // Broken again already, or not allowed: the poll goes on.
        },
      );
    });
    client.on('close', () => {
      link = 'lost';
      poll.wake();
    });
    client.on('message', (_channel: string, text: string) => {
      const changes = decodeLiveMessage(text);
      if (changes === undefined) tellAll();
      for (const { tenant, topic, id } of changes ?? []) tell({ topic, id }, [...(listeners.get(tenant) ?? [])]);
    });
    // A subscriber sends nothing by itself and would not notice a peer that vanished.
    const pinging = setInterval(() => {
      if (client.status === 'ready') client.ping().catch(() => undefined);
    }, pingMs);
    pinging.unref();
    return {
      close: () => {
        clearInterval(pinging);
        return closeRedisClient(client);
      },
    };
  };
  let push: { close(): Promise<void> } | undefined;

  return {
    subscribe: ({ tenant, listener }) => {
      // A listener of its own, so that the same function may subscribe twice.
      const own: Listener = (notice) => {
        listener(notice);
      };
      const group = listeners.get(tenant) ?? new Set<Listener>();
      listeners.set(tenant, group.add(own));
      if (redisUrl !== undefined && !closed) push ??= openPush(redisUrl);
      poll.wake();
      return () => {
        group.delete(own);
        if (group.size === 0 && listeners.get(tenant) === group) listeners.delete(tenant);
      };
    },
    close: async () => {
      closed = true;
      listeners.clear();
      poll.stop();
      await push?.close();
    },
  };
}

function createPoll({
  counter,
  logger,
  pollMs,
  refreshMs,
  isNeeded,
  onChange,
}: {
  readonly counter: ChangeCounter;
  readonly logger: Logger;
  readonly pollMs: number;
  readonly refreshMs: number | undefined;
  readonly isNeeded: () => boolean;
  readonly onChange: () => void;
}): { wake(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let seen: string | undefined;
  let repeats = false;
  let isFailing = false;
  let toldAt = 0;

  const look = async (): Promise<void> => {
    try {
      const value = await counter.read();
      const isDue = refreshMs !== undefined && performance.now() - toldAt >= refreshMs;
      const hasMoved = value !== seen;
      if (isNeeded() && (hasMoved || repeats || isDue)) {
        toldAt = performance.now();
        onChange();
      }
      repeats = hasMoved;
      seen = value;
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn({ error }, 'The change counter could not be read; open pages may lag.');
      isFailing = true;
    }
  };
  const run = async (): Promise<void> => {
    await look();
    if (isNeeded()) {
      timer = setTimeout(() => void run(), pollMs);
      timer.unref();
    } else {
      isRunning = false;
      // What happens while nobody polls is not known: the next first look tells its listeners.
      seen = undefined;
    }
  };
  return {
    wake: () => {
      if (isRunning || !isNeeded()) return;
      isRunning = true;
      void run();
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}

const hubKey = Symbol.for('baton.liveHub');
const holder = globalThis as { [hubKey]?: LiveHub };

/** The hub of this process, made by the first call; a reload in development evaluates this module again, the hub stays. */
export function liveHub(settings: () => LiveHubSettings): LiveHub {
  return (holder[hubKey] ??= createLiveHub(settings()));
}
