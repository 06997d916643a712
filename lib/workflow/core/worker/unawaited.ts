import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';

/** Tells people of promises that nobody awaited and that were rejected, which nothing else would: for `processSandbox`. */
export function tellOfUnawaited({
  logger,
  metrics,
}: {
  readonly logger: Logger;
  readonly metrics: Metrics;
}): (reason: unknown) => void {
  return (error) => {
    metrics.count({ counter: instruments.unawaitedRejections });
    logger.error({ error }, 'A promise that nobody awaits was rejected; the handler of an action may have left it');
  };
}
