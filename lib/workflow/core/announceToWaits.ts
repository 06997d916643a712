/** After the commit of bus events: whoever waits for them gets them. Submits of one process share statements. */
import type { Sql } from 'postgres';
import type { BusEvent } from '../model/ports/bus';
import type { ExecutionKey } from '../model/ports/store';
import { createBusStore } from '../persistence/bus/busStore';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';
import { shareWrites, type SharedWrite } from './sharedWrites';
import { fanOut } from './bus/fanOut';

/** Never rejects: the event is accepted, and owners sweep for what was not done. */
export async function announceToWaits(deps: EngineDeps, event: BusEvent): Promise<void> {
  try {
    const reached = await fanOutsOf(deps.sql)(event);
    if (reached.length === 0) return;
    deps.metrics.count({ counter: instruments.busDeliveries, by: reached.length, labels: { by: 'submit' } });
    const changes = reached.map(({ executionId: id }) => ({ tenant: event.tenant, topic: 'execution' as const, id }));
    await Promise.all([deps.hints.publish({ hints: reached }), deps.live.publish({ changes })]);
  } catch (error) {
    const { eventId, tenant } = event;
    deps.logger.warn({ error, eventId, tenant }, 'An event was not fanned out; a sweep of the workers does it');
  }
}

const sharedFanOuts = new WeakMap<Sql, SharedWrite<BusEvent, readonly ExecutionKey[]>>();

function fanOutsOf(sql: Sql): SharedWrite<BusEvent, readonly ExecutionKey[]> {
  const known = sharedFanOuts.get(sql);
  if (known) return known;
  const bus = createBusStore({ sql });
  const share = shareWrites({
    write: async (events: readonly BusEvent[]) => {
      const reached = await fanOut(bus, events);
      // The first caller tells the owners for all of them.
      return events.map((_, index) => (index === 0 ? reached : []));
    },
  });
  sharedFanOuts.set(sql, share);
  return share;
}
