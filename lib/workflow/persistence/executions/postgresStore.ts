import type { Sql } from 'postgres';
import type { ExecutionStore } from '../../model/ports/store';
import { applyRedrives, putAside } from '../failures/deadLetters';
import { clearActivations, examine, handOverActivations, noteActivations } from '../failures/suspects';
import { findDeferred, noteDeferrals, resolveDeferrals } from './deferral';
import { findUnfinished, findWork } from './findWork';
import { flushExecutions } from './flushExecutions';
import { closeLate } from './lateEvents';
import { loadExecutions } from './loadExecutions';
import { openForkedTasks } from './openForkedTasks';
import { reopenTasks } from './reopenTasks';
import { takeDecisions } from './takeDecisions';
import { takeEntries } from './takeEntries';

/** Longer than a lease, and than any statement of ours may wait for a lock: whoever waits so long waits in vain. */
const answerMs = 12_000;

/**
 * Executions in Postgres. A statement without an answer for 12 s is given up as one whose answer is lost: a connection
 * that dies in an unlucky moment can leave its client waiting for ever.
 * @param options.clockOffsetMs moves the clock by which timers are due; 0 in the product, moved by tests.
 */
export function createPostgresStore(options: {
  readonly sql: Sql;
  readonly clockOffsetMs?: () => number;
}): ExecutionStore {
  const { sql, clockOffsetMs = () => 0 } = options;
  return givingUp({
    load: ({ executions }) => loadExecutions(sql, executions),
    take: ({ workerId, items }) => takeEntries(sql, workerId, items, clockOffsetMs()),
    takeDecisions: ({ workerId, items }) => takeDecisions(sql, workerId, items),
    reopenTasks: (request) => reopenTasks(sql, request),
    openForkedTasks: (request) => openForkedTasks(sql, request),
    flush: ({ workerId, executions }) => flushExecutions(sql, workerId, executions),
    findWork: (query) => findWork(sql, query, clockOffsetMs()),
    findUnfinished: (query) => findUnfinished(sql, query),
    closeLate: ({ workerId, executions }) => closeLate(sql, workerId, executions),
    defer: (note) => noteDeferrals(sql, note),
    findDeferred: (query) => findDeferred(sql, query),
    resolveDeferrals: ({ workerId, executions }) => resolveDeferrals(sql, workerId, executions),
    examine: (query) => examine(sql, query),
    noteActivations: ({ workerId, executions }) => noteActivations(sql, workerId, executions),
    handOverActivations: ({ workerId, executions }) => handOverActivations(sql, workerId, executions),
    clearActivations: ({ workerId, executions }) => clearActivations(sql, workerId, executions),
    putAside: (letter) => putAside(sql, letter),
    applyRedrives: ({ workerId, executions }) => applyRedrives(sql, workerId, executions),
  });
}

/** Each method with a limit to its waiting. What it asked for may still be carried out after that. */
function givingUp(store: ExecutionStore): ExecutionStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(
            () => reject(new Error(`Postgres did not answer "${String(name)}" for ${answerMs} ms.`)),
            answerMs,
          );
        });
        try {
          return (await Promise.race([Reflect.apply(method, target, parameters), late])) as unknown;
        } finally {
          clearTimeout(timer);
        }
      };
    },
  });
}
