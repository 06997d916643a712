/** The contract of tasks that are one to people: one answer ends them all, each in its own execution. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Current } from './storeContract';
import { flushOf, newTask, takeOne } from './storeFixture';

export function describeAlike(current: Current): void {
  describe('a task that ends', () => {
    it('ends all of its fingerprint, each with an entry in its own log, and none of another or of another tenant', async () => {
      const { fixture } = current();
      const fingerprint = randomUUID();
      const [first, second, third] = [await open(fingerprint), await open(fingerprint), await open(fingerprint)];
      const others = [await open(randomUUID()), await open(null), await open(fingerprint, 'globex')];
      expect(await fixture.completeTask(second.taskId, 'approve')).toBe(true);
      for (const { key, taskId } of [first, second, third]) {
        const entries = await takeOne(current(), key, 1);
        expect(entries?.map(({ kind, body }) => [kind, body])).toMatchObject([
          ['task_ended', { taskId, status: 'completed', outcome: 'approve', eventName: `Task:${taskId}:Complete` }],
        ]);
        expect(await fixture.taskStatus(taskId)).toBe('completed');
        expect(await fixture.completeTask(taskId, 'approve')).toBe(false);
      }
      for (const { key, taskId } of others) {
        expect(await takeOne(current(), key, 1)).toEqual([]);
        expect(await fixture.taskStatus(taskId)).toBe('pending');
      }
    });

    it('leaves one alone whose own time is over', async () => {
      const { fixture, workerId } = current();
      const fingerprint = randomUUID();
      const [first, late] = [await open(fingerprint), await open(fingerprint)];
      const fireAtMs = (await fixture.nowMs()) - 1_000;
      const timersAdded = [{ commandId: 'waitFor#1', fireAtMs, taskId: late.taskId }];
      await fixture.store.flush({ workerId, executions: [flushOf(late.key, 1, { timersAdded })] });
      expect((await takeOne(current(), late.key, 1))?.map(({ kind }) => kind)).toEqual(['timer_fired']);
      expect(await fixture.completeTask(first.taskId, 'approve')).toBe(true);
      expect(await fixture.taskStatus(late.taskId)).toBe('pending');
    });
  });

  const open = async (fingerprint: string | null, tenant = 'acme') => {
    const { fixture, workerId } = current();
    const key = await fixture.start({ tenant });
    const taskId = randomUUID();
    const tasksAdded = [newTask(taskId, 'createHumanTask#1', fingerprint)];
    await fixture.store.flush({ workerId, executions: [{ ...flushOf(key, 1, { tasksAdded }), tenant }] });
    return { key, taskId };
  };
}
