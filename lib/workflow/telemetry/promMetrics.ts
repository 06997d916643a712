import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CounterDefinition, GaugeDefinition, HistogramDefinition, Metrics } from '../model/ports/telemetry';
import { instruments } from './names';

type Definition = CounterDefinition<string> | GaugeDefinition<string> | HistogramDefinition<string>;

/** Metrics that Prometheus can read. */
export interface PrometheusMetrics extends Metrics {
  /** The page that Prometheus scrapes. */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/**
 * Keeps instruments in a registry of its own. Those of the process are registered at once, so that a counter that has
 * not moved shows as 0 and not as missing.
 */
export function createPromMetrics({
  shown = Object.values(instruments),
  labels = {},
  withProcessMetrics = false,
}: {
  /** What the process counts; everything unless given. */
  readonly shown?: readonly Definition[];
  /** Labels of every value, such as `{ service: 'worker' }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Adds memory, CPU, event-loop and garbage-collection values of this process. */
  readonly withProcessMetrics?: boolean;
} = {}): PrometheusMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ ...labels });
  if (withProcessMetrics) collectDefaultMetrics({ register: registry });

  const counters = keeper(registry, (d: CounterDefinition<string>) => new Counter(settingsOf(registry, d)));
  const gauges = keeper(registry, (d: GaugeDefinition<string>) => new Gauge(settingsOf(registry, d)));
  const histograms = keeper(
    registry,
    (d: HistogramDefinition<string>) => new Histogram({ ...settingsOf(registry, d), buckets: [...d.buckets] }),
  );
  for (const definition of shown) {
    if (definition.kind === 'counter') counters(definition);
    else if (definition.kind === 'gauge') gauges(definition);
    else histograms(definition);
  }

  return {
    count: ({ counter, by = 1, labels: of }) => {
      if (of === undefined) counters(counter).inc(by);
      else counters(counter).inc({ ...of }, by);
    },
    set: ({ gauge, value, labels: of = {} }) => {
      gauges(gauge).set({ ...of }, value);
    },
    observe: ({ histogram, value, labels: of }) => {
      if (of === undefined) histograms(histogram).observe(value);
      else histograms(histogram).observe({ ...of }, value);
    },
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function settingsOf(registry: Registry, { name, help, labels }: Definition) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function keeper<D extends Definition, I>(registry: Registry, create: (definition: D) => I): (definition: D) => I {
  const known = new Map<string, I>();
  return (definition) => {
    const found = known.get(definition.name);
    if (found !== undefined) return found;
    const made = create(definition);
    known.set(definition.name, made);
    return made;
  };
}
