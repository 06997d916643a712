/** What every store of executions must do. Run by one test file for memory and one for Postgres. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionKey } from '../../model/ports/store';
import { describeAlike } from './storeAlikeContract';
import { describeBus } from './busContract';
import { describeDecisions } from './storeDecisionContract';
import { describeDeferrals } from './storeDeferralContract';
import { describeFailures } from './storeFailureContract';
import { describeFlush } from './storeFlushContract';
import { describeLife } from './storeLifeContract';
import { describeForks } from './storeForkContract';
import { describeResults } from './storeResultContract';
import { describeFinding } from './storeFindContract';
import { flushOf, takeOne, newTask, stateEntry, type StoreFixture } from './storeFixture';

export function describeExecutionStore(name: string, open: () => Promise<StoreFixture>): void {
  describe(`execution store (${name})`, () => {
    let fixture: StoreFixture;
    let workerId: string;
    const current = () => ({ fixture, workerId });

    beforeAll(async () => {
      fixture = await open();
      workerId = await fixture.addWorker();
    });
    afterAll(() => fixture.close());

    describeTake(current);
    describeFlush(current);
    describeResults(current);
    describeFence(current);
    describeFinding(current);
    describeBus(current);
    describeFailures(current);
    describeLife(current);
    describeDeferrals(current);
    describeForks(current);
    describeAlike(current);
    describeDecisions(current);
  });
}

export type Current = () => { readonly fixture: StoreFixture; readonly workerId: string };

const eventName = (entry: { kind: string; body: unknown }): string =>
  entry.kind === 'event_received' ? (entry.body as { event: { name: string } }).event.name : entry.kind;

function describeTake(current: Current): void {
  describe('take', () => {
    it('gives inbox rows places in the log in the order of their arrival', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      for (const name of ['A', 'B', 'C']) await fixture.send(key, name);
      const entries = await takeOne(current(), key, 1);
      expect(entries?.map((entry) => [entry.seq, eventName(entry)])).toEqual([
        [2, 'A'],
        [3, 'B'],
        [4, 'C'],
      ]);
      expect(await fixture.stored(key)).toMatchObject({ status: 'running', headSeq: 4, seqs: [1, 2, 3, 4], inbox: [] });
    });

    it('answers with no entries, and changes nothing, when nothing arrived', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      expect(await takeOne(current(), key, 1)).toEqual([]);
      expect(await fixture.stored(key)).toMatchObject({ status: 'pending', headSeq: 1 });
    });

    it('leaves out an execution whose head is another, and takes the others', async () => {
      const { fixture, workerId } = current();
      const [stale, good] = [await fixture.start(), await fixture.start()];
      await fixture.send(stale, 'A');
      await fixture.send(good, 'A');
      const atMs = await fixture.nowMs();
      const taken = await fixture.store.take({
        workerId,
        items: [
          { ...stale, headSeq: 4, atMs },
          { ...good, headSeq: 1, atMs },
        ],
      });
      expect(taken.map((each) => each.executionId)).toEqual([good.executionId]);
      expect(await fixture.stored(stale)).toMatchObject({ headSeq: 1, inbox: [null] });
    });

    it('takes nothing for executions that are paused, blocked or ended', async () => {
      const { fixture } = current();
      for (const status of ['paused', 'blocked_on_code', 'completed'] as const) {
        const key = await fixture.start();
        await fixture.send(key, 'A');
        await fixture.setStatus(key, status);
        expect(await takeOne(current(), key, 1), status).toBeNull();
        expect(await fixture.stored(key)).toMatchObject({ status, headSeq: 1, inbox: [null] });
      }
    });

    it('lets one of two takes of the same head win', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      await fixture.send(key, 'A');
      const both = await Promise.all([takeOne(current(), key, 1), takeOne(current(), key, 1)]);
      expect(both.filter((entries) => entries !== null && entries.length === 1)).toHaveLength(1);
      expect((await fixture.stored(key)).seqs).toEqual([1, 2]);
    });

    it('puts a due timer where its time stands among the events, and never before its time', async () => {
      const { fixture, workerId } = current();
      const key = await fixture.start();
      const nowMs = await fixture.nowMs();
      const timersAdded = [{ commandId: 'sleep#1', fireAtMs: nowMs + 60_000, taskId: null }];
      await fixture.store.flush({ workerId, executions: [flushOf(key, 1, { timersAdded })] });
      await fixture.send(key, 'Before');
      expect((await takeOne(current(), key, 1))?.map(eventName)).toEqual(['Before']);
      fixture.moveTime(50_000);
      await fixture.send(key, 'Early');
      fixture.moveTime(20_000);
      await fixture.send(key, 'Late');
      const entries = await takeOne(current(), key, 2, nowMs);
      expect(entries?.map(eventName)).toEqual(['Early', 'timer_fired', 'Late']);
      expect(entries?.[1]?.body).toEqual({ commandId: 'sleep#1' });
      const stamps = entries?.map((entry) => entry.at) ?? [];
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
      expect(stamps[1]).toBeGreaterThanOrEqual(nowMs + 60_000);
      expect((await fixture.stored(key)).timers).toEqual([]);
    });

    it('takes the inbox alone for an owner who knows of no timers', async () => {
      const { fixture, workerId } = current();
      const key = await fixture.start();
      const nowMs = await fixture.nowMs();
      const timersAdded = [{ commandId: 'sleep#1', fireAtMs: nowMs - 1_000, taskId: null }];
      await fixture.store.flush({ workerId, executions: [flushOf(key, 1, { timersAdded })] });
      for (const name of ['A', 'B']) await fixture.send(key, name);
      const items = [{ ...key, headSeq: 1, atMs: nowMs, isWithoutTimers: true }];
      const [taken] = await fixture.store.take({ workerId, items });
      expect(taken?.entries.map((entry) => [entry.seq, entry.at, eventName(entry)])).toEqual([
        [2, nowMs, 'A'],
        [3, nowMs, 'B'],
      ]);
      expect(await fixture.stored(key)).toMatchObject({
        status: 'running',
        headSeq: 3,
        timers: ['sleep#1'],
        inbox: [],
      });
      expect((await takeOne(current(), key, 3))?.map(eventName)).toEqual(['timer_fired']);
    });

    it('closes the task of a due timer: nobody can complete it afterwards', async () => {
      const { fixture } = current();
      const { key, taskId } = await taskWithTimer(current);
      fixture.moveTime(2_000);
      expect((await takeOne(current(), key, 1))?.map((entry) => entry.kind)).toEqual(['timer_fired']);
      expect(await fixture.completeTask(taskId, 'approve')).toBe(false);
      const [loaded] = await fixture.store.load({ executions: [key] });
      expect(loaded?.closingTasks).toEqual([taskId]);
    });

    it('leaves the due timer of a task alone while an earlier event may withdraw it', async () => {
      const { fixture, workerId } = current();
      const { key, taskId } = await taskWithTimer(current);
      await fixture.send(key, 'Hurry');
      fixture.moveTime(2_000);
      expect((await takeOne(current(), key, 1))?.map(eventName)).toEqual(['Hurry']);
      await fixture.store.flush({ workerId, executions: [flushOf(key, 2, { timersDropped: ['waitFor#1'] })] });
      expect(await takeOne(current(), key, 2)).toEqual([]);
      expect(await fixture.completeTask(taskId, 'approve')).toBe(true);
    });

    it('takes the due timer of a task after those before it', async () => {
      const { fixture, workerId } = current();
      const { key, taskId } = await taskWithTimer(current);
      const timersAdded = [{ commandId: 'sleep#1', fireAtMs: await fixture.nowMs(), taskId: null }];
      await fixture.store.flush({ workerId, executions: [flushOf(key, 1, { timersAdded })] });
      fixture.moveTime(2_000);
      expect((await takeOne(current(), key, 1))?.map((entry) => entry.body)).toEqual([{ commandId: 'sleep#1' }]);
      expect((await takeOne(current(), key, 2))?.map((entry) => entry.body)).toEqual([{ commandId: 'waitFor#1' }]);
      expect(await fixture.completeTask(taskId, 'approve')).toBe(false);
    });

    it('drops a due timer whose task was completed first: the completion alone enters the log', async () => {
      const { fixture } = current();
      const { key, taskId } = await taskWithTimer(current);
      expect(await fixture.completeTask(taskId, 'approve')).toBe(true);
      fixture.moveTime(2_000);
      const entries = await takeOne(current(), key, 1);
      expect(entries?.map((entry) => entry.kind)).toEqual(['task_ended']);
      expect(entries?.[0]?.body).toMatchObject({ taskId, status: 'completed', outcome: 'approve', formVersion: 1 });
      expect(await fixture.stored(key)).toMatchObject({ headSeq: 2, timers: [], inbox: [] });
    });
  });
}

async function taskWithTimer(current: Current): Promise<{ readonly key: ExecutionKey; readonly taskId: string }> {
  const { fixture, workerId } = current();
  const key = await fixture.start();
  const taskId = randomUUID();
  const fireAtMs = (await fixture.nowMs()) + 1_000;
  const timersAdded = [{ commandId: 'waitFor#1', fireAtMs, taskId }];
  await fixture.store.flush({
    workerId,
    executions: [flushOf(key, 1, { tasksAdded: [newTask(taskId)], timersAdded })],
  });
  return { key, taskId };
}

function describeFence(current: Current): void {
  describe('fence', () => {
    it('lets a fenced worker write nothing', async () => {
      const { fixture } = current();
      const fencedId = await fixture.addWorker();
      const [taking, ended] = [await fixture.start(), await fixture.start()];
      await fixture.send(taking, 'A');
      await fixture.send(ended, 'A');
      await fixture.setStatus(ended, 'completed');
      await fixture.fence(fencedId);
      const before = [await fixture.stored(taking), await fixture.stored(ended)];

      const items = [{ ...taking, headSeq: 1, atMs: 0 }];
      const executions = [flushOf(taking, 1, { entries: [stateEntry(2, 'x')] })];
      await expect(fixture.store.take({ workerId: fencedId, items })).rejects.toMatchObject({ name: 'FencedError' });
      await expect(fixture.store.flush({ workerId: fencedId, executions })).rejects.toMatchObject({
        name: 'FencedError',
      });
      const late = await fixture.store.closeLate({ workerId: fencedId, executions: [ended] });
      expect(late).toEqual({ closed: 0, handedTo: [] });
      expect([await fixture.stored(taking), await fixture.stored(ended)]).toEqual(before);
    });

    it('treats a worker that nobody knows as fenced', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const workerId = randomUUID();
      await expect(fixture.store.flush({ workerId, executions: [flushOf(key, 1)] })).rejects.toMatchObject({
        name: 'FencedError',
      });
    });
  });
}
