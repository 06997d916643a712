import type { Sql } from 'postgres';
import type { ExecutionStore } from '../../model/ports/store';
import { applyRedrives, putAside } from '../failures/deadLetters';
import { clearActivations, examine, noteActivations } from '../failures/suspects';
import { noteDeferral } from './deferral';
import { findUnfinished, findWork } from './findWork';
import { flushExecutions } from './flushExecutions';
import { closeLate } from './lateEvents';
import { loadExecutions } from './loadExecutions';
import { reopenTasks } from './reopenTasks';
import { takeDecisions } from './takeDecisions';
import { takeEntries } from './takeEntries';

/**
 * Executions in Postgres.
 * @param options.clockOffsetMs moves the clock by which timers are due; 0 in the product, moved by tests.
 */
export function createPostgresStore(options: {
  readonly sql: Sql;
  readonly clockOffsetMs?: () => number;
}): ExecutionStore {
  const { sql, clockOffsetMs = () => 0 } = options;
  return {
    load: ({ executions }) => loadExecutions(sql, executions),
    take: ({ workerId, items }) => takeEntries(sql, workerId, items, clockOffsetMs()),
    takeDecisions: ({ workerId, items }) => takeDecisions(sql, workerId, items),
    reopenTasks: (request) => reopenTasks(sql, request),
    flush: ({ workerId, executions }) => flushExecutions(sql, workerId, executions),
    findWork: (query) => findWork(sql, query, clockOffsetMs()),
    findUnfinished: (query) => findUnfinished(sql, query),
    closeLate: ({ workerId, executions }) => closeLate(sql, workerId, executions),
    defer: (note) => noteDeferral(sql, note),
    examine: (query) => examine(sql, query),
    noteActivations: ({ workerId, executions }) => noteActivations(sql, workerId, executions),
    clearActivations: ({ workerId, executions }) => clearActivations(sql, workerId, executions),
    putAside: (letter) => putAside(sql, letter),
    applyRedrives: ({ workerId, executions }) => applyRedrives(sql, workerId, executions),
  };
}
