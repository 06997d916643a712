// Wake-ups. A hint says "this execution may have something to take": it carries no data and proves nothing. Losing,
// doubling or reordering hints changes latency only, because owners also sweep their unconsumed rows in Postgres.

/** Names an execution that may have something to take. */
export interface Hint {
  readonly partitionId: number;
  readonly executionId: string;
}

/** A hint as read, with what is needed to acknowledge it. */
export interface ReceivedHint extends Hint {
  /** Opaque; given back to `HintSource.acknowledge`. */
  readonly token: string;
}

export interface HintPublisher {
  /**
   * Tells the owners of these partitions to look. Call it after the commit that wrote what they shall find.
   * Never rejects, and settles within a bounded time (some 200 ms) whatever state the transport is in.
   */
  publish(request: { readonly hints: readonly Hint[] }): Promise<void>;
  /** Releases connections. Later publishes do nothing. */
  close(): Promise<void>;
}

export interface HintListener {
  /**
   * Receives up to 256 hints. While a returned promise is pending nothing more is read, so a busy owner is not flooded.
   * A rejection is logged; the hints stay unacknowledged.
   */
  onHints(request: { readonly hints: readonly ReceivedHint[] }): void | Promise<void>;
  /** Hints may have been lost (transport flushed, restarted or reconnected): sweep the inbox now. */
  onHeal(): void;
}

/** `absent`: no transport is configured, sweep fast. `down`: configured but not answering now, sweep fast too. */
export type HintTransportState = 'up' | 'down' | 'absent';

/** Reads the hints of the partitions that this worker owns. */
export interface HintSource {
  /** Begins reading. Resolves at once; an unreachable transport shows as state `down` and is tried again for ever. */
  start(request: { readonly listener: HintListener }): Promise<void>;
  /**
   * Replaces the set of owned partitions. Hints that the former owner of a newly added partition left unacknowledged are
   * delivered to the listener. Call it only after ownership is committed.
   */
  setPartitions(request: { readonly partitionIds: readonly number[] }): void;
  /** Call it after the commit that took what the hints announced. Never rejects. */
  acknowledge(request: { readonly hints: readonly ReceivedHint[] }): Promise<void>;
  /** Stops reading, removes this consumer and releases connections. Unacknowledged hints go to the next owner. */
  stop(): Promise<void>;
  state(): HintTransportState;
}

/** Optional precise wake for timers. Timers are rows that owners poll; this only makes them fire sooner. */
export interface WakeScheduler {
  /** Asks for a hint to the execution's owner at that instant. Never rejects; doubles collapse. */
  scheduleWake(request: Hint & { readonly at: Date }): Promise<void>;
  close(): Promise<void>;
}
