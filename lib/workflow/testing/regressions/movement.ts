import type { Metrics } from '../../model/ports/telemetry';

/** Metrics that remember which of them moved. */
export interface Movement {
  readonly metrics: Metrics;
  /** Names of counters that were counted up, of histograms that were given a value, of gauges that were not 0 once. */
  readonly moved: ReadonlySet<string>;
  /** The same with the values of their labels: `name{value,value}`. */
  readonly labelled: ReadonlySet<string>;
}

export function recordMovement(): Movement {
  const moved = new Set<string>();
  const labelled = new Set<string>();
  const note = (name: string, labels: Readonly<Record<string, string>> | undefined) => {
    moved.add(name);
    if (labels) labelled.add(`${name}{${Object.values(labels).join(',')}}`);
  };
  return {
    moved,
    labelled,
    metrics: {
      count: ({ counter, by = 1, labels }) => {
        if (by > 0) note(counter.name, labels);
      },
      set: ({ gauge, value, labels }) => {
        if (value !== 0) note(gauge.name, labels);
      },
      observe: ({ histogram, labels }) => {
        note(histogram.name, labels);
      },
    },
  };
}
