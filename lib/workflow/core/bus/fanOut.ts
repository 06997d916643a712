/** The sender's look: who waits for what these committed events hold. */
import { matches, probesOfEvent } from '../../model/match';
import type { BusEvent, BusStore, MatchWait } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';

/** Executions that one statement delivers to. */
const pageSize = 500;

/**
 * Puts events into the inboxes of the executions that wait for them. Call it after their commit; calling it again does
 * no harm. Waits that begin meanwhile look for themselves, so pages may follow an order.
 * @returns executions that have something to take.
 */
export async function fanOut(
  bus: BusStore,
  events: readonly BusEvent[],
  limit: number = pageSize,
): Promise<readonly ExecutionKey[]> {
  if (events.length === 0) return [];
  const probes = [...new Set(events.flatMap(probesOfEvent))];
  const fannedOut = events.map((event) => event.eventId);
  const reached: ExecutionKey[] = [];
  for (let after: MatchWait | null = null; ;) {
    const waits: readonly MatchWait[] = probes.length === 0 ? [] : await bus.waitsFor({ probes, after, limit });
    const last = waits.at(-1);
    const isLastPage = last === undefined || waits.length < limit;
    const deliveries = waits.flatMap((wait) => events.filter((event) => asksFor(wait, event)).map(to(wait)));
    reached.push(...(await bus.deliver({ deliveries, fannedOut: isLastPage ? fannedOut : [], lookedFor: [] })));
    if (isLastPage) return reached;
    after = last;
  }
}

export function asksFor({ tenant, names, match }: MatchWait, event: BusEvent): boolean {
  return tenant === event.tenant && names.includes(event.name) && matches(event.payload, match);
}

export const to =
  ({ executionId, partitionId }: ExecutionKey) =>
  ({ eventId }: BusEvent) => ({ executionId, partitionId, eventId });
