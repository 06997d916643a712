/** Stamps entries: the database's clock as last seen, carried on by a clock that never runs backwards. */
export interface EngineClock {
  /** Milliseconds since the epoch, on the database's clock. */
  nowMs(): number;
  /** Tells the clock what the database said just now. */
  seen(databaseNowMs: number): void;
}

export function createEngineClock(monotonicMs: () => number, startMs: number): EngineClock {
  let base = startMs - monotonicMs();
  return {
    nowMs: () => Math.round(base + monotonicMs()),
    seen: (databaseNowMs) => {
      base = databaseNowMs - monotonicMs();
    },
  };
}
