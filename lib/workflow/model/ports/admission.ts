/** Work that was accepted and that no worker has taken yet. Counted up to a bound: beyond it the number says "at least". */
export interface Backlog {
  /** Events in inboxes of executions that could take them. */
  readonly inbox: number;
  /** Executions that were started and never ran. */
  readonly pending: number;
  /** Events of the bus that nobody has looked for waits of. */
  readonly events: number;
}

/** The door of a process that takes work from outside. */
export interface AdmissionGate {
  /**
   * Asked before anything is stored; takes no time.
   * @throws OverloadedError while more waits than workers get through.
   */
  admit(): void;
}
