/** The sender's look: who waits for what these committed events hold. */
import { matches, probesOfEvent } from '../../model/match';
import type { BusEvent, BusStore, MatchWait } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';

/** Executions that one statement delivers to. */
const pageSize = 500;
/** Fingerprints that one statement asks for. */
const sliceSize = 10_000;

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
  const slices = await probesOf(events);
  const fannedOut = events.map((event) => event.eventId);
  const reached: ExecutionKey[] = [];
  for (const [index, probes] of slices.entries()) {
    for (let after: MatchWait | null = null; ;) {
      const waits: readonly MatchWait[] = probes.length === 0 ? [] : await bus.waitsFor({ probes, after, limit });
      const last = waits.at(-1);
      const isLastPage = last === undefined || waits.length < limit;
      const isDone = isLastPage && index === slices.length - 1;
      const deliveries = waits.flatMap((wait) => events.filter((event) => asksFor(wait, event)).map(to(wait)));
      if (deliveries.length > 0 || isDone) {
        reached.push(...(await bus.deliver({ deliveries, fannedOut: isDone ? fannedOut : [], lookedFor: [] })));
      }
      if (isLastPage) break;
      after = last;
    }
  }
  return reached;
}

/** In slices that one statement asks for, one at least. Others get their turn meanwhile, however large an event is. */
async function probesOf(events: readonly BusEvent[]): Promise<readonly (readonly string[])[]> {
  const known = new Set<string>();
  const slices: string[][] = [[]];
  let seen = 0;
  for (const event of events) {
    for (const probe of probesOfEvent(event)) {
      seen += 1;
      if (seen % sliceSize === 0) await new Promise((resolve) => setImmediate(resolve));
      if (known.has(probe)) continue;
      known.add(probe);
      if (slices.at(-1)?.length === sliceSize) slices.push([]);
      slices.at(-1)?.push(probe);
    }
  }
  return slices;
}

export function asksFor({ tenant, names, match }: MatchWait, event: BusEvent): boolean {
  return tenant === event.tenant && names.includes(event.name) && matches(event.payload, match);
}

export const to =
  ({ executionId, partitionId }: ExecutionKey) =>
  ({ eventId }: BusEvent) => ({ executionId, partitionId, eventId });
