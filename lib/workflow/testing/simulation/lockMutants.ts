/** Faults of design that hold locks for as long as an action takes. They show on a calm day: nothing else is in the way. */
import type { ActionResultStore } from '../../model/ports/actionStores';
import type { MembershipStore } from '../../model/ports/membership';
import type { ExecutionStore } from '../../model/ports/store';
import { StatementError, type Transport } from '../memory/tables';

/** What a worker knows as its database. */
export interface StorePorts {
  readonly store: ExecutionStore;
  readonly results: ActionResultStore;
  readonly membership: MembershipStore;
}

export type WrapPorts = (ports: StorePorts, network: Transport) => StorePorts;

/** The transaction of an action locks the head of its execution first; what else writes there waits in vain. */
export const lockingHeads: WrapPorts = ({ store, results, membership }, network) => {
  const locked = new Map<string, number>();
  const lock = (executionId: string, by: number) => locked.set(executionId, (locked.get(executionId) ?? 0) + by);
  const meets = (keys: readonly { readonly executionId: string }[]) =>
    keys.some(({ executionId }) => (locked.get(executionId) ?? 0) > 0);
  const refused = (statement: string) =>
    network(statement, (): never => {
      throw new StatementError('canceling statement due to lock timeout', '55P03');
    });
  return {
    membership,
    results: {
      ...results,
      transact: async (transaction) => {
        const { executionId } = transaction.call;
        lock(executionId, 1);
        try {
          return await results.transact(transaction);
        } finally {
          lock(executionId, -1);
        }
      },
    },
    store: {
      ...store,
      take: (batch) => (meets(batch.items) ? refused('take') : store.take(batch)),
      flush: (batch) => (meets(batch.executions) ? refused('flush') : store.flush(batch)),
    },
  };
};

/** Heartbeats go to the row that transactions of actions share, and wait for them. */
export const heartbeatsBehindActions: WrapPorts = ({ store, results, membership }) => {
  const open = new Set<Promise<unknown>>();
  return {
    store,
    results: {
      ...results,
      transact: async (transaction) => {
        const transacting = results.transact(transaction);
        open.add(transacting);
        try {
          return await transacting;
        } finally {
          open.delete(transacting);
        }
      },
    },
    membership: {
      ...membership,
      heartbeat: async (request) => {
        while (open.size > 0) await Promise.allSettled(open);
        return membership.heartbeat(request);
      },
    },
  };
};
