import { expect, it } from 'vitest';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { LoadedExecution } from '../../model/ports/store';
import { terminationFlush } from './coldSteps';

it('ends an execution with the stored outcome of a call, whatever became of another attempt', () => {
  const times = { attempts: 1, startedAtMs: 0, completedAtMs: 1, params: {} };
  const error = { name: 'Error', message: 'interrupted', code: null, details: null };
  const call = (counter: number) => {
    return { type: 'action' as const, commandId: `book#${counter}`, n: counter, name: 'book', args: {}, argsHash: 'h' };
  };
  const failed: RecordedOutcome = { ...times, status: 'failed', error, stored: false };
  const booked: RecordedOutcome = { ...times, status: 'completed', result: 'booked', stored: true };
  const facts = { actionName: 'book', attempts: 1, startedAtMs: 0, nextAttemptAtMs: null };
  const terminate = { by: 'mia', reason: null };
  const loaded: LoadedExecution = {
    executionId: 'x1',
    partitionId: 1,
    tenant: 'acme',
    workflowName: 'Test',
    workflowVersion: '1',
    status: 'running',
    correlationId: 'c-1',
    startedBy: null,
    subject: null,
    history: [{ seq: 1, at: 0, kind: 'terminate_requested', body: terminate }],
    unlogged: [
      { ...facts, commandId: 'book#1', outcome: booked },
      { ...facts, commandId: 'book#2', outcome: null },
    ],
    underWay: [],
    timers: [],
    waits: [],
    closingTasks: [],
    hasInbox: false,
    decisions: [],
    blockedBy: null,
  };
  const settled = [1, 2].map((counter) => ({ command: call(counter), outcome: failed }));
  const flush = terminationFlush(loaded, settled, 5);
  expect(flush.entries.map(({ kind, body }) => ('commandId' in body ? [kind, body.commandId] : [kind]))).toEqual([
    ['action_completed', 'book#1'],
    ['action_failed', 'book#2'],
    ['execution_terminated'],
  ]);
  expect(flush.results.map(({ commandId }) => commandId)).toEqual(['book#2']);
});
