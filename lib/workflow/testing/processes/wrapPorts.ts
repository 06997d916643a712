/** The ports of a worker with kill points around and inside their calls. */
import type { ActionRunner } from '../../model/ports/actions';
import type { HintSource } from '../../model/ports/hints';
import type { MembershipStore } from '../../model/ports/membership';
import type { ExecutionFlush, ExecutionStore } from '../../model/ports/store';
import type { TaskPreparer } from '../../model/ports/tasks';
import type { Transactions } from '../../persistence/transactions';
import type { Drain } from '../../replay/sandbox';
import type { PointWatch } from './killPoints';

export function wrapStore(store: ExecutionStore, points: PointWatch): ExecutionStore {
  return {
    ...store,
    load: async (query) => {
      points.hit('beforeLoad');
      const loaded = await store.load(query);
      points.hit('afterLoad');
      return loaded;
    },
    take: async (batch) => {
      points.hit('beforeTake');
      const taking = store.take(batch);
      await points.hitInside('insideTake');
      const taken = await taking;
      if (taken.some(({ entries }) => entries.length > 0)) points.hit('afterTake');
      return taken;
    },
    flush: async (batch) => {
      const withTask = batch.executions.some((flush: ExecutionFlush) => flush.tasksAdded.length > 0);
      points.hit('beforeFlush');
      if (withTask) points.hit('beforeTaskFlush');
      const flushing = store.flush(batch);
      await points.hitInside('insideFlush');
      if (withTask) await points.hitInside('insideTaskFlush');
      const won = await flushing;
      points.hit('afterFlush');
      if (withTask) points.hit('afterTaskFlush');
      return won;
    },
  };
}

export function wrapActions(runner: ActionRunner, points: PointWatch): ActionRunner {
  return {
    ...runner,
    run: async (call) => {
      points.hit('beforeAction');
      const outcome = await runner.run(call);
      points.hit('afterAction');
      return outcome;
    },
  };
}

export function wrapTransactions(transactions: Transactions, points: PointWatch): Transactions {
  return {
    ...transactions,
    run: async ({ work, ...request }) => {
      const result = await transactions.run({
        ...request,
        work: async (transaction) => {
          const done = await work(transaction);
          points.hit('beforeCommit');
          // The commit is sent when this returns.
          void points.hitInside('insideCommit');
          return done;
        },
      });
      points.hit('afterCommit');
      return result;
    },
  };
}

export function wrapTasks(tasks: TaskPreparer, points: PointWatch): TaskPreparer {
  return {
    prepare: async (requests) => {
      const prepared = await tasks.prepare(requests);
      points.hit('insideTaskPreparation');
      return prepared;
    },
  };
}

export function wrapHints(hints: HintSource, points: PointWatch): HintSource {
  return {
    ...hints,
    acknowledge: async (request) => {
      points.hit('beforeAcknowledge');
      const acknowledging = hints.acknowledge(request);
      await points.hitInside('insideAcknowledge');
      await acknowledging;
      points.hit('afterAcknowledge');
    },
  };
}

export function wrapMembership(membership: MembershipStore, points: PointWatch): MembershipStore {
  return {
    ...membership,
    acquire: async (request) => {
      const acquired = await membership.acquire(request);
      if (acquired.length > 0) points.hit('afterAcquire');
      return acquired;
    },
  };
}

export function wrapDrain(drain: Drain, points: PointWatch): Drain {
  return async (turns) => {
    await drain(turns);
    points.hit('insideRun');
  };
}
