import { probesOfWait } from '../../model/match';
import type { BusEvent, BusStore, Delivery, MatchWait } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import { atOnce, type BusEventRow, type MemoryTables, type Transport } from './tables';

/** Events of the bus in memory. Each method is one statement: it happens at one instant. */
export function createMemoryBus(options: { readonly tables: MemoryTables; readonly transport?: Transport }): BusStore {
  const { tables, transport = atOnce } = options;
  return {
    waitsFor: ({ probes, after, limit }) =>
      transport('bus.waitsFor', () => {
        const wanted = new Set(probes);
        const found = matchWaits(tables).filter(
          ({ wait }) => probesOfWait(wait).some((probe) => wanted.has(probe)) && (!after || place(wait) > place(after)),
        );
        return found.slice(0, limit).map(({ wait }) => wait);
      }),

    eventsFor: ({ looks, limit }) =>
      transport('bus.eventsFor', () => looks.map(({ wait, after }) => eventsFor(tables, wait, after).slice(0, limit))),

    deliver: (batch) => transport('bus.deliver', () => deliver(tables, batch)),

    findNotLookedFor: ({ partitions, limit }) =>
      transport('bus.findNotLookedFor', () =>
        matchWaits(tables)
          .filter(({ wait, isLookedFor }) => !isLookedFor && partitions.includes(wait.partitionId))
          .slice(0, limit)
          .map(({ wait }) => wait),
      ),

    findNotFannedOut: ({ minAgeMs, limit }) =>
      transport('bus.findNotFannedOut', () =>
        [...tables.busEvents.values()]
          .filter(({ isFannedOut, createdAtMs }) => !isFannedOut && createdAtMs <= tables.nowMs() - minAgeMs)
          .sort(byAge)
          .slice(0, limit)
          .map(busEvent),
      ),
  };
}

const place = ({ executionId, commandId }: MatchWait): string => `${executionId} ${commandId}`;

const byAge = (a: BusEventRow, b: BusEventRow): number =>
  a.createdAtMs - b.createdAtMs || (a.event.event_id < b.event.event_id ? -1 : 1);

const busEvent = ({ event, tenant }: BusEventRow): BusEvent => {
  return { eventId: event.event_id, tenant, name: event.name, payload: event.payload };
};

function matchWaits(tables: MemoryTables): { readonly wait: MatchWait; readonly isLookedFor: boolean }[] {
  return [...tables.executions.values()]
    .flatMap(({ executionId, partitionId, tenant, waits }) =>
      [...waits.values()].flatMap(({ commandId, names, match, isLookedFor }) =>
        match === null ? [] : [{ wait: { executionId, partitionId, commandId, tenant, names, match }, isLookedFor }],
      ),
    )
    .sort((a, b) => (place(a.wait) < place(b.wait) ? -1 : 1));
}

function eventsFor(tables: MemoryTables, wait: MatchWait, after: string | null): BusEvent[] {
  const execution = tables.execution(wait.executionId);
  const last = after === null ? undefined : tables.busEvents.get(after);
  return [...tables.busEvents.values()]
    .filter(
      (row) =>
        row.tenant === execution.tenant &&
        wait.names.includes(row.event.name) &&
        row.createdAtMs >= execution.createdAtMs &&
        !execution.busEventIds.has(row.event.event_id) &&
        (!last || byAge(last, row) < 0),
    )
    .sort(byAge)
    .map(busEvent);
}

function deliver(
  tables: MemoryTables,
  { deliveries, fannedOut, lookedFor }: Parameters<BusStore['deliver']>[0],
): ExecutionKey[] {
  const reached = new Map<string, ExecutionKey>();
  const ageOf = ({ eventId }: Delivery): BusEventRow | undefined => tables.busEvents.get(eventId);
  const found = deliveries.flatMap((delivery) => {
    const row = ageOf(delivery);
    return row ? [{ delivery, row }] : [];
  });
  for (const { delivery, row } of found.sort((a, b) => byAge(a.row, b.row))) {
    const { executionId, partitionId } = delivery;
    const execution = tables.executions.get(executionId);
    const { event } = row;
    if (!execution || execution.tenant !== row.tenant || isEnded(execution.status)) continue;
    if (execution.startedByEventId === event.event_id || execution.busEventIds.has(event.event_id)) continue;
    execution.busEventIds.add(event.event_id);
    execution.inbox.push({
      rowId: tables.nextRowId(),
      kind: 'event_received',
      name: event.name,
      commandId: null,
      payloadText: JSON.stringify({ event, viaBus: true }),
      atMs: tables.nowMs(),
      disposition: null,
    });
    reached.set(executionId, { executionId, partitionId });
  }
  for (const eventId of fannedOut) {
    const row = tables.busEvents.get(eventId);
    if (row) row.isFannedOut = true;
  }
  for (const { executionId, commandId } of lookedFor) {
    const wait = tables.executions.get(executionId)?.waits.get(commandId);
    if (wait) wait.isLookedFor = true;
  }
  return [...reached.values()];
}
