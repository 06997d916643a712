import { expect, it } from 'vitest';
import { instruments } from '../../telemetry/names';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { tellOfUnawaited } from './unawaited';

it('logs and counts what nobody awaited', () => {
  const told: unknown[] = [];
  const tell = tellOfUnawaited({
    logger: { ...silentLogger, error: (facts) => void told.push(facts) },
    metrics: { ...silentMetrics, count: ({ counter }) => void told.push(counter) },
  });
  const error = new Error('Nobody awaits this');
  tell(error);
  expect(told).toEqual([instruments.unawaitedRejections, { error }]);
});
