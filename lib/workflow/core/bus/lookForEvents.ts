/** The waiting side's look: what was submitted since the execution began. */
import type { BusStore, MatchWait } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';
import { asksFor, to } from './fanOut';

/** Events that one statement reads for a wait. */
const pageSize = 100;

/**
 * Delivers to waits what came before them. Call it after their commit; calling it again does no harm. Events that
 * come meanwhile find the waits themselves, so pages may follow an order.
 * @returns executions that have something to take.
 */
export async function lookForEvents(
  bus: BusStore,
  waits: readonly MatchWait[],
  limit: number = pageSize,
): Promise<readonly ExecutionKey[]> {
  const reached: ExecutionKey[] = [];
  let looks = waits.map((wait) => ({ wait, after: null as string | null }));
  while (looks.length > 0) {
    const pages = await bus.eventsFor({ looks, limit });
    const deliveries = looks.flatMap(({ wait }, index) =>
      (pages[index] ?? []).filter((event) => asksFor(wait, event)).map(to(wait)),
    );
    const unfinished = looks.flatMap(({ wait }, index) => {
      const page = pages[index] ?? [];
      const last = page.length < limit ? undefined : page.at(-1);
      return last === undefined ? [] : [{ wait, after: last.eventId }];
    });
    const going = new Set(unfinished.map(({ wait }) => wait));
    const lookedFor = looks.flatMap(({ wait }) => (going.has(wait) ? [] : [wait]));
    reached.push(...(await bus.deliver({ deliveries, fannedOut: [], lookedFor })));
    looks = unfinished;
  }
  return reached;
}
