/** The contract of decisions about executions, of retries, and of what an execution does to its relatives. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DecisionKind } from '../../model/history';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { ExecutionKey } from '../../model/ports/store';
import { startedBody } from './startedBody';
import type { Current } from './storeContract';
import { flushOf, newTask, stateEntry, takeOne } from './storeFixture';

export function describeLife(current: Current): void {
  describeDecisions(current);
  describeReopening(current);
  describeRelations(current);
}

/** Takes decisions alone; null when the head was another. */
async function decideOne({ fixture, workerId }: ReturnType<Current>, key: ExecutionKey, headSeq: number) {
  const items = [{ ...key, headSeq, atMs: await fixture.nowMs(), failuresUndone: ['charge#1'] }];
  const [taken] = await fixture.store.takeDecisions({ workerId, items });
  return taken?.entries.map(({ seq, kind }) => [seq, kind]) ?? null;
}

const failedEntry = (seq: number) => {
  const error = { name: 'Error', message: 'broke', code: null, details: null };
  return {
    entry: { seq, at: 0, kind: 'execution_failed' as const, body: { error, failedCommand: 'charge#1' } },
    error,
  };
};

/** An execution that failed over an action, with an open task. */
async function fail(current: Current): Promise<{ readonly key: ExecutionKey; readonly taskId: string }> {
  const { fixture, workerId } = current();
  const key = await fixture.start();
  const taskId = randomUUID();
  const { entry, error } = failedEntry(3);
  const times = { startedAtMs: 1, completedAtMs: 2, stored: false, params: {}, attempts: 3 };
  const outcome: RecordedOutcome = { ...times, status: 'failed', error };
  const results = ['charge#1', 'other#1'].map((commandId) => ({ commandId, actionName: 'charge', outcome }));
  await fixture.store.flush({ workerId, executions: [flushOf(key, 1, { tasksAdded: [newTask(taskId)] })] });
  const call = { commandId: 'charge#1', n: 1, name: 'charge', argsHash: 'h', error };
  const end = { status: 'failed' as const, result: null, error };
  const entries = [{ seq: 2, at: 0, kind: 'action_failed' as const, body: call }, entry];
  const failing = { status: 'failed' as const, end, entries, results, cancelOpenTasks: true };
  await fixture.store.flush({ workerId, executions: [flushOf(key, 1, failing)] });
  return { key, taskId };
}

function describeDecisions(current: Current): void {
  const decide = async (key: ExecutionKey, ...kinds: DecisionKind[]) => {
    for (const kind of kinds) await current().fixture.decide(key, kind);
  };

  describe('takeDecisions', () => {
    it('takes decisions out of the inbox of a paused execution and leaves everything else there', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      await fixture.setStatus(key, 'paused');
      await fixture.send(key, 'A');
      await decide(key, 'cancel_requested', 'execution_resumed');
      await fixture.send(key, 'B');
      expect(await decideOne(current(), key, 1)).toEqual([[2, 'execution_resumed']]);
      expect(await fixture.stored(key)).toMatchObject({ status: 'running', headSeq: 2, inbox: [null, null, null] });
      expect((await takeOne(current(), key, 2))?.map(({ kind }) => kind)).toEqual([
        'event_received',
        'cancel_requested',
        'event_received',
      ]);
    });

    it('leaves an execution paused or running as the last of several says', async () => {
      const { fixture } = current();
      for (const [kinds, status] of [
        [['execution_paused', 'execution_resumed', 'execution_paused'], 'paused'],
        [['execution_paused', 'execution_resumed'], 'running'],
        [['execution_paused', 'terminate_requested'], 'running'],
      ] as const) {
        const key = await fixture.start();
        await fixture.setStatus(key, 'blocked_on_code');
        await decide(key, ...kinds);
        expect(await decideOne(current(), key, 1)).toHaveLength(kinds.length);
        expect(await fixture.stored(key), kinds.join()).toMatchObject({ status, headSeq: 1 + kinds.length });
      }
    });

    it('takes nothing but a retry for a failed execution, and sets back the failures that it names', async () => {
      const { fixture } = current();
      const { key } = await fail(current);
      await decide(key, 'execution_paused', 'execution_retried');
      expect(await decideOne(current(), key, 3)).toEqual([[4, 'execution_retried']]);
      expect(await fixture.stored(key)).toMatchObject({
        status: 'running',
        headSeq: 4,
        results: [
          { commandId: 'charge#1', status: 'retrying', attempts: 0 },
          { commandId: 'other#1', status: 'failed', attempts: 3 },
        ],
      });
    });

    it('gives back to a retried execution what came too late for the run that failed', async () => {
      const { fixture, workerId } = current();
      const { key } = await fail(current);
      await fixture.send(key, 'Paid');
      expect(await fixture.store.closeLate({ workerId, executions: [key] })).toMatchObject({ closed: 1 });
      expect(await fixture.stored(key)).toMatchObject({ inbox: ['too_late'] });
      await decide(key, 'execution_retried');
      await decideOne(current(), key, 3);
      expect(await fixture.stored(key)).toMatchObject({ inbox: [null] });
      expect((await takeOne(current(), key, 4))?.map(({ kind }) => kind)).toEqual(['event_received']);
    });

    it('takes nothing where the head is another, or the execution has ended otherwise', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      await decide(key, 'execution_paused');
      expect(await decideOne(current(), key, 7)).toBeNull();
      await fixture.setStatus(key, 'completed');
      expect(await decideOne(current(), key, 1)).toBeNull();
      expect(await fixture.stored(key)).toMatchObject({ headSeq: 1, inbox: [null] });
    });

    it('is refused to a fenced worker', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      await decide(key, 'execution_paused');
      const fencedId = await fixture.addWorker();
      await fixture.fence(fencedId);
      await expect(decideOne({ fixture, workerId: fencedId }, key, 1)).rejects.toMatchObject({ name: 'FencedError' });
      expect(await fixture.stored(key)).toMatchObject({ headSeq: 1, inbox: [null] });
    });
  });
}

function describeReopening(current: Current): void {
  describe('reopenTasks', () => {
    it('opens tasks that the failure canceled, and none that somebody ended or that is of another execution', async () => {
      const { fixture, workerId } = current();
      const { key, taskId } = await fail(current);
      const { taskId: foreignId } = await fail(current);
      const done = randomUUID();
      const other = await fixture.start();
      await fixture.store.flush({ workerId, executions: [flushOf(other, 1, { tasksAdded: [newTask(done)] })] });
      await fixture.completeTask(done, 'approve');
      expect(await fixture.taskStatus(taskId)).toBe('canceled');
      await fixture.store.reopenTasks({ workerId, execution: key, taskIds: [taskId, foreignId] });
      await fixture.store.reopenTasks({ workerId, execution: other, taskIds: [done] });
      const statuses = await Promise.all([taskId, foreignId, done].map((id) => fixture.taskStatus(id)));
      expect(statuses).toEqual(['pending', 'canceled', 'completed']);
      await fixture.setStatus(key, 'running');
      expect(await fixture.completeTask(taskId, 'approve')).toBe(true);
    });

    it('opens nothing for a fenced worker', async () => {
      const { fixture } = current();
      const { key, taskId } = await fail(current);
      const fencedId = await fixture.addWorker();
      await fixture.fence(fencedId);
      await fixture.store.reopenTasks({ workerId: fencedId, execution: key, taskIds: [taskId] }).catch(() => undefined);
      expect(await fixture.taskStatus(taskId)).toBe('canceled');
    });
  });
}

function describeRelations(current: Current): void {
  const none = { childrenStarted: [], parentTold: null, childrenClosed: [], successor: null };
  const child = (parent: ExecutionKey, workflow = startedBody('').workflow) => {
    const executionId = randomUUID();
    const started = { ...startedBody(executionId), parent: { ...parent, commandId: 'startChild#1' } };
    const key = { executionId, partitionId: 9 };
    const start = { ...key, commandId: 'startChild#1', workflow, version: null, workflowKey: null, started };
    return { key, start: { ...start, started: { ...started, workflow } } };
  };
  const flush = (key: ExecutionKey, head: number, changes: Parameters<typeof flushOf>[2]) => {
    const { fixture, workerId } = current();
    return fixture.store.flush({ workerId, executions: [flushOf(key, head, changes)] });
  };
  const completion = (seq: number) => ({
    status: 'completed' as const,
    end: { status: 'completed' as const, result: 5, error: null },
    entries: [{ seq, at: 0, kind: 'execution_completed' as const, body: { result: 5 } }],
  });

  describe('relations of a flush', () => {
    it('start a child with the entries of its parent, or not at all', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const [lost, won] = [child(parent), child(parent)];
      await flush(parent, 5, { entries: [stateEntry(6, 'x')], relations: { ...none, childrenStarted: [lost.start] } });
      await flush(parent, 1, { entries: [stateEntry(2, 'x')], relations: { ...none, childrenStarted: [won.start] } });
      const loaded = await fixture.store.load({ executions: [lost.key, won.key] });
      expect(loaded.map(({ executionId }) => executionId)).toEqual([won.key.executionId]);
      expect(loaded[0]?.history[0]?.body).toMatchObject({ parent: { ...parent, commandId: 'startChild#1' } });
      expect(await fixture.stored(won.key)).toMatchObject({ status: 'pending', seqs: [1] });
    });

    it('tell a parent of a child whose workflow nobody registered', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const { start } = child(parent, fixture.unknownWorkflow);
      await flush(parent, 1, { relations: { ...none, childrenStarted: [start] } });
      const [told] = (await takeOne(current(), parent, 1)) ?? [];
      expect(told?.body).toMatchObject({
        commandId: 'startChild#1',
        status: 'failed',
        childExecutionId: start.executionId,
      });
    });

    it('tell the parent of the end in the same commit', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const own = await fixture.start();
      const end = { commandId: 'startChild#1', childExecutionId: own.executionId, status: 'completed' as const };
      const parentTold = { parent: { ...parent, commandId: 'startChild#1' }, end: { ...end, result: 5, error: null } };
      await flush(own, 3, { ...completion(4), relations: { ...none, parentTold } });
      expect((await fixture.stored(parent)).inbox).toEqual([]);
      await flush(own, 1, { ...completion(2), relations: { ...none, parentTold } });
      const told = await takeOne(current(), parent, 1);
      expect(told?.map(({ kind, body }) => ({ kind, body }))).toEqual([
        { kind: 'child_ended', body: { ...end, result: 5, error: null } },
      ]);
    });

    it('tell the parent why they failed, in words that it finds in its log', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const own = await fixture.start();
      const details = { order: 7, lines: [{ n: 1, note: null }] };
      const error = { name: 'OutOfStockError', message: 'Zero "left"\n\u00e4', code: 'out_of_stock', details };
      const end = { status: 'failed' as const, result: null, error };
      const told = { commandId: 'startChild#1', childExecutionId: own.executionId, ...end };
      const parentTold = { parent: { ...parent, commandId: 'startChild#1' }, end: told };
      const entry = { seq: 2, at: 0, kind: 'execution_failed' as const, body: { error, failedCommand: null } };
      await flush(own, 1, { status: 'failed', end, entries: [entry], relations: { ...none, parentTold } });
      expect(await fixture.stored(parent)).toMatchObject({ headSeq: 1, inbox: [null] });
      expect((await takeOne(current(), parent, 1))?.map(({ kind, body }) => ({ kind, body }))).toEqual([
        { kind: 'child_ended', body: told },
      ]);
    });

    it('close open children by their policies, and leave ended ones alone', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const [first, second, ended] = [await fixture.start(), await fixture.start(), await fixture.start()];
      await fixture.setStatus(ended, 'completed');
      const childrenClosed = [
        { ...first, policy: 'terminate' as const },
        { ...second, policy: 'cancel' as const },
        { ...ended, policy: 'terminate' as const },
      ];
      await flush(parent, 1, { ...completion(2), relations: { ...none, childrenClosed } });
      const kinds = async (key: ExecutionKey) => (await takeOne(current(), key, 1))?.map(({ kind }) => kind);
      expect([await kinds(first), await kinds(second)]).toEqual([['terminate_requested'], ['cancel_requested']]);
    });

    it('hand everything unread to the run that goes on, in its order, and what comes later too', async () => {
      const { fixture, workerId } = current();
      const own = await fixture.start();
      await fixture.send(own, 'First');
      await takeOne(current(), own, 1);
      await fixture.send(own, 'Second');
      const [loaded] = await fixture.store.load({ executions: [own] });
      const [first] = loaded?.history.slice(1) ?? [];
      if (first?.kind !== 'event_received') throw new Error('The event is not in the log.');
      const executionId = randomUUID();
      const started = { ...startedBody(executionId), continuedFrom: own.executionId };
      const mail = [{ kind: first.kind, body: first.body }];
      const entry = { seq: 3, at: 0, kind: 'execution_continued' as const, body: { successorId: executionId } };
      await flush(own, 2, {
        status: 'continued_as_new',
        end: { status: 'continued_as_new', result: null, error: null },
        entries: [entry],
        relations: { ...none, successor: { executionId, started, mail } },
      });
      const next = { executionId, partitionId: own.partitionId };
      expect(await fixture.stored(own)).toMatchObject({ status: 'continued_as_new', inbox: [] });
      expect(await fixture.stored(next)).toMatchObject({
        status: 'pending',
        headSeq: 2,
        kinds: ['execution_started', 'event_received'],
        inbox: [null],
      });
      await fixture.send(own, 'Third');
      expect(await fixture.store.closeLate({ workerId, executions: [own] })).toEqual({ closed: 0, handedTo: [next] });
      const names = (await takeOne(current(), next, 2))?.map((each) =>
        each.kind === 'event_received' ? each.body.event.name : each.kind,
      );
      expect(names).toEqual(['Second', 'Third']);
    });
  });
}
