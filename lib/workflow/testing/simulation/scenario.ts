/** What happens to executions from outside, and what must come of it. */
import type { RecordedError } from '../../model/errors';
import type { DecisionKind, HistoryEntry } from '../../model/history';
import type { JsonObject, JsonValue } from '../../model/json';
import type { ExecutionStatus } from '../../model/status';
import type { Dice } from './dice';
import type { SimulatedWorkflow } from './workflows';

export interface SentEvent {
  /** Counted from the start of the execution. */
  readonly afterMs: number;
  readonly name: string;
  readonly payload: JsonObject;
}

/** An event of the bus. */
export interface AnnouncedEvent extends SentEvent {
  /** Whether the execution asks for what it holds. */
  readonly isFor: boolean;
}

/** Somebody decides about the execution. Who pauses it resumes it, too. */
export interface SentDecision {
  readonly afterMs: number;
  readonly kind: DecisionKind;
}

/** Starts an execution with the scenario's key and a signal, or signals the one that holds the key. */
export interface KeyedStart {
  readonly afterMs: number;
  readonly payload: JsonObject;
}

export interface Scenario {
  readonly workflow: SimulatedWorkflow;
  readonly startAfterMs: number;
  readonly data: JsonObject;
  readonly events: readonly SentEvent[];
  readonly announced?: readonly AnnouncedEvent[];
  readonly decisions?: readonly SentDecision[];
  /** In place of one start. */
  readonly starts?: readonly KeyedStart[];
  /** Whenever it fails, somebody has it tried again. */
  readonly isRetried?: boolean;
  readonly expected: Expected;
}

export interface Expected {
  readonly status: ExecutionStatus;
  /** The one result that the log allows. */
  readonly result: (history: readonly HistoryEntry[]) => JsonValue;
  /** In place of the two above, where the status depends on the log too: one sentence for each thing that is wrong. */
  readonly judge?: (ended: EndOfRun) => readonly string[];
}

export interface EndOfRun {
  readonly status: ExecutionStatus;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
  readonly history: readonly HistoryEntry[];
  /** What `book` wrote. */
  readonly booked: readonly string[];
  /** All runs of an execution that continued as new, the last one too. */
  readonly runs?: readonly Run[];
}

/** One run of a chain. */
export interface Run {
  readonly executionId: string;
  readonly history: readonly HistoryEntry[];
  /** Entries behind the first that it took over from the run before it. */
  readonly carried: number;
}

export type Draft = Omit<Scenario, 'workflow' | 'startAfterMs'>;

export const completed = (result: Expected['result']): Expected => ({ status: 'completed', result });
/** Often at once, else within the bound. */
export function sometime(dice: Dice, boundMs: number): number {
  return dice.chance(0.3) ? dice.between(0, 30) : dice.between(0, boundMs);
}

export function received(history: readonly HistoryEntry[]) {
  return history.flatMap((entry) => (entry.kind === 'event_received' ? [entry.body] : []));
}

export const payloadN = ({ event }: { event: { payload: unknown } }): string => (event.payload as { n: string }).n;
