// What the engine says about itself. Instruments are declared once, in lib/workflow/telemetry/names.ts.

/** Structured fields of a log line. Correlation: `tenant`, `executionId`, `eventId`, `taskId`, `workerId`, `requestId`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log. An error belongs in the field `error`; secrets are redacted by name, never rely on it. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
}

interface InstrumentDefinition<L extends string> {
  /** Prometheus name with its unit as suffix, such as `baton_flush_batch_entries`. */
  readonly name: string;
  readonly help: string;
  /** Label names. Their values must be few and known beforehand: never an id. */
  readonly labels: readonly L[];
}
export interface CounterDefinition<L extends string = never> extends InstrumentDefinition<L> {
  readonly kind: 'counter';
}
export interface GaugeDefinition<L extends string = never> extends InstrumentDefinition<L> {
  readonly kind: 'gauge';
}
export interface HistogramDefinition<L extends string = never> extends InstrumentDefinition<L> {
  readonly kind: 'histogram';
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}

/** Exactly the labels that the definition declares; none where it declares none. */
export type LabelsOf<L extends string> = [L] extends [never]
  ? { readonly labels?: undefined }
  : { readonly labels: Readonly<Record<L, string>> };

export interface Metrics {
  /** Adds to a counter; `by` defaults to 1. */
  count<L extends string = never>(
    request: { readonly counter: CounterDefinition<L>; readonly by?: number } & LabelsOf<L>,
  ): void;
  /** Sets a gauge. */
  set<L extends string = never>(
    request: { readonly gauge: GaugeDefinition<L>; readonly value: number } & LabelsOf<L>,
  ): void;
  /** Adds one value to a histogram. */
  observe<L extends string = never>(
    request: { readonly histogram: HistogramDefinition<L>; readonly value: number } & LabelsOf<L>,
  ): void;
}
