import type { ActionCall } from '../../model/ports/actions';
import type { ActionResultStore, OpenTransaction, TransactionOutcome } from '../../model/ports/actionStores';
import { assertPlainStatement } from '../../model/statements';
import { readResult } from './entries';
import { atOnce, type MemoryTables, type ResultRow, type Transport } from './tables';

/** A statement that a database action ran; it counts once its transaction is committed. */
export interface Effect {
  readonly executionId: string;
  readonly commandId: string;
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

/** The connection was lost. During the commit nobody knows whether it came through. */
export class LostConnection extends Error {
  constructor() {
    super('The connection to the database was lost.');
    this.name = 'LostConnection';
  }
}

/**
 * Results of actions in memory. Effects of a database action, its result row and the check of the fence are one
 * instant: the commit.
 */
export function createMemoryActionResults(options: {
  readonly tables: MemoryTables;
  readonly workerId: string;
  readonly onEffect: (effect: Effect) => void;
  readonly transport?: Transport;
}): ActionResultStore {
  const { tables, workerId, onEffect, transport = atOnce } = options;
  const results = (call: ActionCall) => tables.execution(call.executionId).results;
  return {
    find: ({ call }) =>
      transport('results.find', () => {
        const row = results(call).get(call.commandId);
        return row ? readResult(row).outcome : null;
      }),

    noteRetry: ({ call, actionName, params, attempts, error, startedAtMs, nextAttemptAtMs }) =>
      transport('results.noteRetry', () => {
        if (!tables.owns(workerId, call.partitionId)) return 'ownership_lost';
        const known = results(call).get(call.commandId);
        if (known && known.status !== 'retrying') return 'ownership_lost';
        results(call).set(call.commandId, {
          commandId: call.commandId,
          actionName,
          status: 'retrying',
          paramsText: known?.paramsText ?? JSON.stringify(params),
          resultText: null,
          error,
          attempts,
          startedAtMs: known?.startedAtMs ?? startedAtMs,
          nextAttemptAtMs,
          completedAtMs: null,
          n: call.n,
          argsHash: call.argsHash,
        });
        return 'noted';
      }),

    transact: async ({ call, work, actionName, params, attempts, startedAtMs }): Promise<TransactionOutcome> => {
      const effects: Effect[] = [];
      let during: 'begin' | 'work' | 'commit' = 'begin';
      const losses: LostConnection[] = [];
      const through = async <T>(statement: string, run: () => T): Promise<T> => {
        try {
          return await transport(statement, run);
        } catch (error) {
          if (error instanceof LostConnection) losses.push(error);
          throw error;
        }
      };
      const open: OpenTransaction = {
        run: ({ sql, bindings }) =>
          through('action.statement', () => {
            assertPlainStatement(sql);
            effects.push({ executionId: call.executionId, commandId: call.commandId, sql, bindings });
            return { rows: [], count: 1 };
          }),
      };
      try {
        await through('action.begin', () => undefined);
        during = 'work';
        const done = await work(open);
        // A failed statement dooms the transaction, even if the handler swallowed its error.
        if (losses[0]) throw losses[0];
        during = 'commit';
        const row: ResultRow = {
          commandId: call.commandId,
          actionName,
          status: 'completed',
          paramsText: JSON.stringify(params),
          resultText: done.resultText,
          error: null,
          attempts,
          startedAtMs: results(call).get(call.commandId)?.startedAtMs ?? startedAtMs,
          nextAttemptAtMs: null,
          completedAtMs: done.completedAtMs,
          n: call.n,
          argsHash: call.argsHash,
        };
        const kind = await through('action.commit', () => commit(tables, workerId, call, row, effects, onEffect));
        return kind === 'committed' ? { kind, ...done } : { kind };
      } catch (error) {
        if (losses[0]) return { kind: 'unreachable', error: losses[0], during };
        const { code } = (error ?? {}) as { code?: unknown };
        if (code === '40001' || code === '40P01') return { kind: 'conflict', error };
        return { kind: 'failed', error };
      }
    },
  };
}

function commit(
  tables: MemoryTables,
  workerId: string,
  call: ActionCall,
  row: ResultRow,
  effects: readonly Effect[],
  onEffect: (effect: Effect) => void,
): 'committed' | 'already_recorded' | 'ownership_lost' {
  if (!tables.owns(workerId, call.partitionId)) return 'ownership_lost';
  const execution = tables.execution(call.executionId);
  const known = execution.results.get(call.commandId);
  if (known && known.status !== 'retrying') return 'already_recorded';
  execution.results.set(call.commandId, row);
  for (const effect of effects) onEffect(effect);
  const { executionId, partitionId, headSeq } = execution;
  tables.options.onWrite?.({
    statement: 'result',
    workerId,
    executionId,
    partitionId,
    fromHead: headSeq,
    toHead: headSeq,
  });
  return 'committed';
}
