/** Live change notices of this process: one subscription to Redis, or one poll, for all browsers. */
import type { LiveHub } from '@shared/workflow/model/ports/live';
import { rawSql } from '../db/client';
import { env } from '../env';
import { createChangeCounter } from '../redis/changeCounter';
import { liveHub } from '../redis/liveHub';
import { engineDeps, redisPrefix } from '../workflow';

export { createLiveStream } from './liveStream';

/** The hub, connected at the first call. */
export async function connectLiveHub(): Promise<LiveHub> {
  const { logger, metrics } = await engineDeps();
  return liveHub(() => ({
    redisUrl: env().redisUrl,
    prefix: redisPrefix,
    counter: createChangeCounter({ sql: rawSql() }),
    logger,
    metrics,
  }));
}
