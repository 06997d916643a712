import { instruments } from '../workflow/telemetry/names';
import type { Logger, Metrics } from '../workflow/model/ports/telemetry';

/**
 * Knows whether one use of Redis works. An outage is logged once when it begins and once when it ends, however often
 * connections try in between; `baton_redis_up{use}` shows the state.
 */
export interface Outage {
  /** One of the connections of this use works. */
  up(member: object): void;
  /** One of them does not. */
  down(member: object, error?: unknown): void;
  /** A connection was closed on purpose. */
  forget(member: object): void;
  /** False until a connection worked for the first time, and while any is down. */
  isUp(): boolean;
  /** True while any connection is known to be down; false while the first attempt is still under way. */
  isFailing(): boolean;
}

export function createOutage({
  use,
  logger,
  metrics,
}: {
  /** What Redis is used for, such as `hints`: the label of the metrics. */
  readonly use: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Outage {
  const failing = new Set<object>();
  let everUp = false;
  let outageSince: number | undefined;

  const show = () => {
    metrics.set({ gauge: instruments.redisUp, value: everUp && failing.size === 0 ? 1 : 0, labels: { use } });
  };
  const recover = () => {
    if (outageSince !== undefined && failing.size === 0) {
      logger.info({ use, outageMs: Math.round(performance.now() - outageSince) }, 'Redis works again.');
      outageSince = undefined;
    }
    show();
  };
  show();
  return {
    up: (member) => {
      everUp = true;
      failing.delete(member);
      recover();
    },
    down: (member, error) => {
      failing.add(member);
      if (outageSince === undefined) {
        outageSince = performance.now();
        metrics.count({ counter: instruments.redisOutages, labels: { use } });
        logger.warn({ use, error }, 'Redis does not answer. Nothing is lost, wake-ups and live pages are slower.');
      }
      show();
    },
    forget: (member) => {
      if (failing.delete(member)) recover();
    },
    isUp: () => everUp && failing.size === 0,
    isFailing: () => failing.size > 0,
  };
}
