// What the health server asks of the engine's worker.
import type { HealthCheck } from './health';

/** As a worker tells of itself. */
export interface WorkerState {
  readonly status: string;
  readonly partitions: readonly number[];
  readonly heartbeatAgeMs: number;
  /** Why it begins nothing more; empty while it does. */
  readonly pressure: readonly string[];
}

const heartbeatLimitMs = 8_000;

/** A worker that is not alive is to be restarted; one that is not ready does what it can. */
export function checksOf(worker: { readonly state: WorkerState }): {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
} {
  const check = (name: string, problem: (state: WorkerState) => string | false): HealthCheck => ({
    name,
    problem: () => problem(worker.state) || undefined,
  });
  const fenced = check('engine', ({ status }) => status === 'fenced' && 'The worker is fenced.');
  return {
    live: [fenced],
    ready: [
      fenced,
      check(
        'drain',
        ({ status }) =>
          (status === 'stopping' || status === 'stopped') && 'The worker stops: it takes nothing more and finishes.',
      ),
      check('partitions', ({ partitions }) => partitions.length === 0 && 'The worker owns no partitions yet.'),
      check(
        'heartbeat',
        ({ heartbeatAgeMs }) => heartbeatAgeMs > heartbeatLimitMs && 'The last heartbeat is older than the lease.',
      ),
      check(
        'pressure',
        ({ pressure }) =>
          pressure.length > 0 && `Nothing new is begun: too much is under way (${pressure.join(', ')}).`,
      ),
    ],
  };
}
