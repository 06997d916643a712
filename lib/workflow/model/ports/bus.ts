/**
 * Events of the bus and the executions that wait for what they hold. Neither side can see what the other has not
 * committed yet. So both write, commit, and look afterwards: whoever commits last sees the other. Delivering is unique
 * for an execution and an event, so both may do it, and what is not known to be done may be done again.
 */
import type { JsonValue } from '../json';
import type { Match } from '../match';
import type { ExecutionKey } from './store';

export interface BusEvent {
  readonly eventId: string;
  readonly tenant: string;
  readonly name: string;
  readonly payload: JsonValue;
}

/** A wait with `match`. */
export interface MatchWait extends ExecutionKey {
  readonly commandId: string;
  readonly tenant: string;
  readonly names: readonly string[];
  readonly match: Match;
}

export interface Delivery extends ExecutionKey {
  readonly eventId: string;
}

export interface BusStore {
  /** Waits that one of these probes finds, in a fixed order, behind the one given. */
  waitsFor(query: {
    readonly probes: readonly string[];
    readonly after: MatchWait | null;
    readonly limit: number;
  }): Promise<readonly MatchWait[]>;

  /**
   * For each wait, in its order, a page of the events of its names that its tenant submitted since its execution began
   * and that were not delivered to the execution; oldest first, behind the one given. They may hold something else
   * than the wait asks for.
   */
  eventsFor(query: {
    readonly looks: readonly { readonly wait: MatchWait; readonly after: string | null }[];
    readonly limit: number;
  }): Promise<readonly (readonly BusEvent[])[]>;

  /**
   * In one commit puts events into inboxes, oldest first, and notes what is done: events that were fanned out, waits
   * that were looked for. Skips what was delivered before, executions that have ended, executions of other tenants,
   * and the execution that the event started. Answers with the executions that got something.
   */
  deliver(batch: {
    readonly deliveries: readonly Delivery[];
    readonly fannedOut: readonly string[];
    readonly lookedFor: readonly MatchWait[];
  }): Promise<readonly ExecutionKey[]>;

  /** Waits of these partitions that nobody looked for yet. */
  findNotLookedFor(query: {
    readonly partitions: readonly number[];
    readonly limit: number;
  }): Promise<readonly MatchWait[]>;

  /** Events of all tenants that nobody fanned out within so many milliseconds; oldest first. */
  findNotFannedOut(query: { readonly minAgeMs: number; readonly limit: number }): Promise<readonly BusEvent[]>;
}
