/** Stamps entries: the database's clock as last seen, carried on by a clock that never runs backwards. */
export interface EngineClock {
  /** Milliseconds since the epoch, on the database's clock. Nothing may be stamped before that was seen. */
  nowMs(): number;
  /** Tells the clock what the database said just now. */
  seen(databaseNowMs: number): void;
  /** Whether the database's time is known. A machine's own clock stands for nothing: it may be hours off. */
  readonly isSet: boolean;
}

export function createEngineClock(monotonicMs: () => number): EngineClock {
  let baseMs: number | null = null;
  return {
    nowMs: () => {
      if (baseMs === null) throw new Error('The time of the database is not known yet.');
      return Math.round(baseMs + monotonicMs());
    },
    seen: (databaseNowMs) => {
      baseMs = databaseNowMs - monotonicMs();
    },
    get isSet() {
      return baseMs !== null;
    },
  };
}
