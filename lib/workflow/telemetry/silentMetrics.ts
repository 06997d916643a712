import type { Metrics } from '../model/ports/telemetry';

/** Metrics that go nowhere. */
export const silentMetrics: Metrics = { count: () => undefined, set: () => undefined, observe: () => undefined };
