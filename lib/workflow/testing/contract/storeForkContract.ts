import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RecordedError } from '../../model/errors';
import type { NewEntry } from '../../model/history';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { ExecutionKey } from '../../model/ports/store';
import type { Current } from './storeContract';
import { flushOf, newTask, takeOne } from './storeFixture';

const at = Date.UTC(2026, 0, 5);
const refused: RecordedError = { name: 'Error', message: 'refused', code: null, details: null };
const times = { attempts: 2, startedAtMs: at, completedAtMs: at, stored: false, params: {} };
const charged: RecordedOutcome = { ...times, status: 'completed', result: 'charged' };
const failed: RecordedOutcome = { ...times, status: 'failed', error: refused };

const call = (commandId: string, n: number) => ({ commandId, n, name: 'charge', argsHash: 'h' });
const completedEntry = (commandId: string, n: number): NewEntry => {
  return { kind: 'action_completed', body: { ...call(commandId, n), result: 'charged' } };
};
const failedEntry = (commandId: string, n: number): NewEntry => {
  return { kind: 'action_failed', body: { ...call(commandId, n), error: refused } };
};
const stateEntry = (n: number, state: string): NewEntry => {
  return { kind: 'state_changed', body: { commandId: `setState#${n}`, n, state } };
};
const childEntry = (commandId: string, n: number, childExecutionId: string): NewEntry => {
  const child = { workflow: 'Child', childExecutionId, partitionId: 7, parentClosePolicy: 'terminate' as const };
  return { kind: 'child_started', body: { commandId, n, ...child, argsHash: 'h' } };
};

/** The task of a fork: somebody had escalated the one of its source before. */
const openTo = (loggedTaskId: string, taskId: string) => {
  return { loggedTaskId, taskId, candidateRoles: ['manager', 'director'], candidateUsers: [] };
};

export function describeForks(current: Current): void {
  /** An execution with these entries after its first. */
  const startWith = async (news: readonly NewEntry[], results: Record<string, RecordedOutcome> = {}) => {
    const { fixture, workerId } = current();
    const key = await fixture.start();
    const flush = flushOf(key, 1, {
      entries: news.map((entry, index) => ({ seq: index + 2, at: at + index, ...entry })),
      results: Object.entries(results).map(([commandId, outcome]) => ({ commandId, actionName: 'charge', outcome })),
      timersAdded: [{ commandId: 'sleep#1', fireAtMs: at, taskId: null }],
    });
    expect([...(await fixture.store.flush({ workerId, executions: [flush] }))]).toEqual([key.executionId]);
    return key;
  };
  const loadOne = async (key: ExecutionKey) => {
    const [loaded] = await current().fixture.store.load({ executions: [key] });
    if (!loaded) throw new Error(`${key.executionId} cannot be loaded.`);
    return loaded;
  };

  describe('fork', () => {
    it('begins with the first entries of its source and the results that they tell of, and leaves the source alone', async () => {
      const { fixture } = current();
      const source = await startWith(
        [completedEntry('charge#1', 1), stateEntry(2, 'paid'), failedEntry('charge#2', 3), stateEntry(4, 'lost')],
        { 'charge#1': charged, 'charge#2': failed },
      );
      const [before, history] = [await fixture.stored(source), (await loadOne(source)).history];
      const fork = await fixture.fork(source, 3);
      expect(await fixture.stored(fork)).toEqual({
        status: 'pending',
        state: 'paid',
        headSeq: 3,
        seqs: [1, 2, 3],
        kinds: ['execution_started', 'action_completed', 'state_changed'],
        timers: [],
        waits: [],
        results: [{ commandId: 'charge#1', status: 'completed', attempts: 2 }],
        inbox: [],
      });
      const loaded = await loadOne(fork);
      const [first, ...rest] = loaded.history;
      expect(rest).toEqual(history.slice(1, 3));
      expect(first).toEqual({
        ...history[0],
        body: {
          ...history[0]?.body,
          fork: { executionId: source.executionId, atSeq: 3, reason: null, children: {} },
        },
      });
      expect(loaded.unlogged).toEqual([]);
      expect(await fixture.stored(source)).toEqual(before);
    });

    it('takes a failure along, but not one that a retry among the entries undid', async () => {
      const { fixture } = current();
      const source = await startWith(
        [
          failedEntry('charge#1', 1),
          failedEntry('charge#2', 2),
          { kind: 'execution_failed', body: { error: refused, failedCommand: 'charge#2' } },
          { kind: 'execution_retried', body: { by: 'omar', reason: null } },
          completedEntry('charge#2', 2),
        ],
        { 'charge#1': failed, 'charge#2': charged },
      );
      const early = await fixture.fork(source, 3);
      expect((await fixture.stored(early)).results).toEqual([
        { commandId: 'charge#1', status: 'failed', attempts: 2 },
        { commandId: 'charge#2', status: 'failed', attempts: 2 },
      ]);
      expect((await loadOne(early)).history[2]?.body).toMatchObject({ error: refused });
      expect((await fixture.stored(await fixture.fork(source, 5))).results).toEqual([]);
      const late = await fixture.fork(source, 6);
      expect((await fixture.stored(late)).results).toEqual([
        { commandId: 'charge#2', status: 'completed', attempts: 2 },
      ]);
      expect((await loadOne(late)).history).toHaveLength(6);
    });

    it('takes nothing of the inbox along, and is found as work', async () => {
      const { fixture } = current();
      const source = await startWith([stateEntry(1, 'paid')]);
      await fixture.send(source, 'Later');
      const fork = await fixture.fork(source, 2);
      expect((await loadOne(fork)).hasInbox).toBe(false);
      const { executions } = await fixture.store.findWork({ partitions: [7], limit: 10_000, horizonMs: 0 });
      expect(executions.map(({ executionId }) => executionId)).toContain(fork.executionId);
      await fixture.send(fork, 'Own');
      expect(await takeOne(current(), fork, 2)).toHaveLength(1);
      expect((await loadOne(source)).hasInbox).toBe(true);
    });

    it('tells of open children that they are detached, and keeps the ids of all', async () => {
      const { fixture } = current();
      const [ended, open] = [randomUUID(), randomUUID()];
      const end = { childExecutionId: ended, status: 'completed' as const, result: 7, error: null };
      const source = await startWith([
        childEntry('startChild#1', 1, ended),
        childEntry('startChild#2', 2, open),
        { kind: 'child_ended', body: { commandId: 'startChild#1', ...end } },
      ]);
      await expect(fixture.fork(source, 4)).rejects.toMatchObject({ code: 'open_children' });
      const { history } = await loadOne(await fixture.fork(source, 4, 'detach'));
      const children = { 'startChild#1': ended, 'startChild#2': open };
      expect(history[0]?.body).toMatchObject({ fork: { atSeq: 4, children } });
      expect(history.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      const detached = { commandId: 'startChild#2', childExecutionId: open, error: { code: 'child_detached' } };
      expect(history[4]).toMatchObject({ kind: 'child_ended', at: history[3]?.at, body: detached });
      await expect(fixture.fork(source, 5)).rejects.toMatchObject({ code: 'entry_not_found' });
    });
  });

  describe('tasks of a fork', () => {
    it('are opened once, and their end names the task as the log does', async () => {
      const { fixture, workerId } = current();
      const [logged, own] = [randomUUID(), randomUUID()];
      const source = await fixture.start();
      await fixture.store.flush({ workerId, executions: [flushOf(source, 1, { tasksAdded: [newTask(logged)] })] });
      expect(await fixture.completeTask(logged, 'approve')).toBe(true);
      const execution = await fixture.fork(source, 1);
      const tasks = [openTo(logged, own)];
      await fixture.store.openForkedTasks({ workerId, execution, tasks });
      const opened = { status: 'pending', outcome: null, roles: ['manager', 'director'], activities: ['created'] };
      expect(await fixture.taskLook(own)).toEqual(opened);
      expect(await fixture.completeTask(own, 'reject')).toBe(true);
      await fixture.store.openForkedTasks({ workerId, execution, tasks });
      expect([await fixture.taskStatus(own), await fixture.taskStatus(logged)]).toEqual(['completed', 'completed']);
      const [end, ...others] = (await takeOne(current(), execution, 1)) ?? [];
      expect(others).toEqual([]);
      expect(end?.body).toMatchObject({ taskId: logged, outcome: 'reject', eventName: `Task:${logged}:Complete` });
    });

    it('close by their own timers, and are then named as the log does', async () => {
      const { fixture, workerId } = current();
      const [logged, own] = [randomUUID(), randomUUID()];
      const source = await fixture.start();
      await fixture.store.flush({ workerId, executions: [flushOf(source, 1, { tasksAdded: [newTask(logged)] })] });
      const execution = await fixture.fork(source, 1);
      await fixture.store.openForkedTasks({ workerId, execution, tasks: [openTo(logged, own)] });
      const timersAdded = [{ commandId: 'waitFor#1', fireAtMs: await fixture.nowMs(), taskId: own }];
      await fixture.store.flush({ workerId, executions: [flushOf(execution, 1, { timersAdded })] });
      fixture.moveTime(2_000);
      expect(await takeOne(current(), execution, 1)).toHaveLength(1);
      expect((await loadOne(execution)).closingTasks).toEqual([logged]);
      expect(await fixture.completeTask(own, 'approve')).toBe(false);
      const expired = { taskId: own, end: { status: 'expired' as const }, roles: [], users: [], activities: [] };
      await fixture.store.flush({ workerId, executions: [flushOf(execution, 2, { tasksChanged: [expired] })] });
      expect([await fixture.taskStatus(own), await fixture.taskStatus(logged)]).toEqual(['expired', 'pending']);
    });

    it('are not opened once it has ended, nor by a fenced worker', async () => {
      const { fixture, workerId } = current();
      const [logged, own] = [randomUUID(), randomUUID()];
      const source = await fixture.start();
      await fixture.store.flush({ workerId, executions: [flushOf(source, 1, { tasksAdded: [newTask(logged)] })] });
      const execution = await fixture.fork(source, 1);
      const tasks = [openTo(logged, own)];
      const fencedId = await fixture.addWorker();
      await fixture.fence(fencedId);
      await fixture.store.openForkedTasks({ workerId: fencedId, execution, tasks });
      expect(await fixture.taskStatus(own)).toBeNull();
      const end = { status: 'terminated' as const, result: null, error: null };
      const body = { by: null, reason: null };
      const entries = [{ seq: 2, at, kind: 'execution_terminated' as const, body }];
      const flush = flushOf(execution, 1, { status: 'terminated', end, entries });
      await fixture.store.flush({ workerId, executions: [flush] });
      await fixture.store.openForkedTasks({ workerId, execution, tasks });
      expect(await fixture.taskStatus(own)).toBeNull();
    });
  });
}
