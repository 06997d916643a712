/** Events of the bus, sent over the network of a web process that may stop between its commit and its look. */
import { fanOut } from '../../core/bus/fanOut';
import type { WorkflowEvent } from '../../model/events';
import type { JsonObject } from '../../model/json';
import type { BusEvent, BusStore } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';
import { createMemoryBus } from '../memory/busStore';
import { insertBusEvent } from '../memory/senders';
import type { MemoryTables } from '../memory/tables';
import type { FaultDice } from './faults';
import { networkOf } from './network';
import type { VirtualTime } from './virtualTime';

/** Commits an event and delivers it to the waits that it finds. */
export type Submit = (parts: {
  readonly bus: BusStore;
  readonly event: BusEvent;
  /** Commits the event. */
  readonly store: () => Promise<void>;
}) => Promise<readonly ExecutionKey[]>;

const storeThenLook: Submit = async ({ bus, event, store }) => {
  await store();
  return fanOut(bus, [event]);
};

interface Parts {
  readonly time: VirtualTime;
  readonly tables: MemoryTables;
  readonly faults: FaultDice;
  /** These have something to take. */
  readonly onReached: (key: ExecutionKey) => void;
  readonly submit?: Submit;
}

export class SimulatedBus {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Tells once the event is committed. */
  send(event: WorkflowEvent<JsonObject>, onStored: () => void): void {
    const { time, tables, faults, onReached, submit = storeThenLook } = this.#parts;
    const network = networkOf({ time, faults, owner: { name: 'web', isAlive: true, stalledUntilMs: 0 } });
    const bus = createMemoryBus({ tables, transport: network });
    const eventId = event.event_id;
    let isStored = false;
    const insert = (): void => {
      // The sender repeats with the same key until it has an answer.
      if (tables.busEvents.has(eventId)) return;
      insertBusEvent(tables, { tenant: 'acme', event });
    };
    const store = async (): Promise<void> => {
      while (!isStored) {
        await network('submit', insert).then(
          () => (isStored = true),
          () => undefined,
        );
      }
      onStored();
      // What is left to do is left undone.
      if (faults.happens(faults.plan.statementRate)) throw new Error('The web process ended.');
    };
    const { name, payload } = event;
    submit({ bus, event: { eventId, tenant: 'acme', name, payload }, store }).then(
      (reached) => reached.forEach(onReached),
      () => undefined,
    );
  }
}
