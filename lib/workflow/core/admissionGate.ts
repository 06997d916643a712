/**
 * Refuses new work while what was accepted piles up. It knows the backlog by looking now and then, beside the calls:
 * none waits for it and no call costs a statement more. What it has not looked at for long it does not hold against
 * anybody.
 */
import { OverloadedError } from '../model/errors';
import type { AdmissionGate, Backlog } from '../model/ports/admission';
import type { Logger, Metrics } from '../model/ports/telemetry';
import { instruments } from '../telemetry/names';

const lookEveryMs = 1_000;
const trustedForMs = 5_000;
/** However long a look takes, this many times as long passes before the next. */
const restFactor = 20;

export function createAdmissionGate({
  read,
  most,
  monotonicMs,
  logger,
  metrics,
}: {
  /** Counts up to the bound it is given, and a little more. */
  readonly read: (request: { readonly most: number }) => Promise<Backlog>;
  /** How much may wait, of each kind. */
  readonly most: number;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): AdmissionGate {
  let known: { readonly atMs: number; readonly over: keyof Backlog | null } | null = null;
  let nextLookAtMs = Number.NEGATIVE_INFINITY;

  const look = async (): Promise<void> => {
    const startedMs = monotonicMs();
    nextLookAtMs = Number.POSITIVE_INFINITY;
    try {
      const backlog = await read({ most });
      const kinds = ['inbox', 'pending', 'events'] as const;
      known = { atMs: monotonicMs(), over: kinds.find((kind) => backlog[kind] > most) ?? null };
      for (const of of kinds) metrics.set({ gauge: instruments.backlog, value: backlog[of], labels: { of } });
    } catch (error) {
      // Whatever is wrong with the database, the statement of the caller will tell.
      logger.warn({ error }, 'The backlog could not be read; nothing is refused for it');
    }
    const tookMs = monotonicMs() - startedMs;
    nextLookAtMs = monotonicMs() + Math.max(lookEveryMs, tookMs * restFactor);
  };

  return {
    admit: () => {
      const nowMs = monotonicMs();
      if (nowMs >= nextLookAtMs) void look();
      if (!known?.over || nowMs - known.atMs > trustedForMs) return;
      metrics.count({ counter: instruments.admissionRefusals, labels: { of: known.over } });
      throw new OverloadedError();
    },
  };
}
