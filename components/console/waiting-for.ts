import type { WaitSummary } from '@/lib/queries/executions';
import type { WaitingFor } from '@/components/ui/status';

/** The wait that names the status: a person before an event, an event before a time. */
export function waitingFor(waits: readonly Pick<WaitSummary, 'kind'>[]): WaitingFor | null {
  if (waits.some((wait) => wait.kind === 'task')) return 'person';
  if (waits.some((wait) => wait.kind === 'event')) return 'event';
  return waits.length > 0 ? 'time' : null;
}
