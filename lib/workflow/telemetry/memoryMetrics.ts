import type { CounterDefinition, GaugeDefinition, HistogramDefinition, Metrics } from '../model/ports/telemetry';

type AnyDefinition = CounterDefinition<string> | GaugeDefinition<string> | HistogramDefinition<string>;

/** Metrics that a test can read. */
export interface MemoryMetrics extends Metrics {
  /** Sum of a counter, last value of a gauge, or sum of a histogram; 0 where nothing was recorded. */
  valueOf(request: { readonly instrument: AnyDefinition; readonly labels?: Readonly<Record<string, string>> }): number;
  /** Every value that a histogram was given, in order. */
  observationsOf(request: {
    readonly histogram: HistogramDefinition<string>;
    readonly labels?: Readonly<Record<string, string>>;
  }): readonly number[];
}

export function createMemoryMetrics(): MemoryMetrics {
  const values = new Map<string, number>();
  const observations = new Map<string, number[]>();
  const add = (key: string, value: number) => values.set(key, (values.get(key) ?? 0) + value);
  return {
    count: ({ counter, by = 1, labels }) => {
      add(keyOf(counter, labels), by);
    },
    set: ({ gauge, value, labels }) => {
      values.set(keyOf(gauge, labels), value);
    },
    observe: ({ histogram, value, labels }) => {
      const key = keyOf(histogram, labels);
      add(key, value);
      observations.set(key, [...(observations.get(key) ?? []), value]);
    },
    valueOf: ({ instrument, labels }) => values.get(keyOf(instrument, labels)) ?? 0,
    observationsOf: ({ histogram, labels }) => observations.get(keyOf(histogram, labels)) ?? [],
  };
}

function keyOf(instrument: AnyDefinition, labels: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify([instrument.name, ...instrument.labels.map((label) => labels[label] ?? '')]);
}
