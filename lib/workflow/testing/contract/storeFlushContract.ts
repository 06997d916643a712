import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { Current } from './storeContract';
import { expiry, flushOf, newTask, stateEntry } from './storeFixture';

const times = { startedAtMs: Date.UTC(2026, 0, 5), completedAtMs: Date.UTC(2026, 0, 5) + 5, stored: false, params: {} };

export function describeFlush(current: Current): void {
  const flush = (...executions: ReturnType<typeof flushOf>[]) => {
    const { fixture, workerId } = current();
    return fixture.store.flush({ workerId, executions });
  };

  describe('flush', () => {
    it('appends entries behind the head and sets status and state', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const entries = [stateEntry(2, 'draft'), stateEntry(3, 'sent')];
      expect([...(await flush(flushOf(key, 1, { entries, state: 'sent' })))]).toEqual([key.executionId]);
      expect(await fixture.stored(key)).toMatchObject({
        status: 'waiting',
        state: 'sent',
        headSeq: 3,
        seqs: [1, 2, 3],
        kinds: ['execution_started', 'state_changed', 'state_changed'],
      });
    });

    it('keeps the committed state of an execution that is blocked on its code', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      await flush(flushOf(key, 1, { entries: [stateEntry(2, 'draft')], state: 'draft' }));
      await flush(flushOf(key, 2, { status: 'blocked_on_code', state: 'not in the log' }));
      expect(await fixture.stored(key)).toMatchObject({ status: 'blocked_on_code', state: 'draft', headSeq: 2 });
    });

    it('writes nothing of an execution whose head is another, and all of the others', async () => {
      const { fixture } = current();
      const [stale, good] = [await fixture.start(), await fixture.start()];
      const timersAdded = [{ commandId: 'sleep#1', fireAtMs: Date.UTC(2030, 0, 1), taskId: null }];
      const won = await flush(
        flushOf(stale, 3, { entries: [stateEntry(4, 'x')], timersAdded, tasksAdded: [newTask(randomUUID())] }),
        flushOf(good, 1, { entries: [stateEntry(2, 'x')], timersAdded }),
      );
      expect([...won]).toEqual([good.executionId]);
      expect(await fixture.stored(stale)).toMatchObject({ status: 'pending', headSeq: 1, seqs: [1], timers: [] });
      expect(await fixture.stored(good)).toMatchObject({ headSeq: 2, timers: ['sleep#1'] });
    });

    it('lets one of two flushes of the same head win', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const both = await Promise.all(
        ['a', 'b'].map((state) => flush(flushOf(key, 1, { entries: [stateEntry(2, state)], state }))),
      );
      expect(both.map((won) => won.size).sort()).toEqual([0, 1]);
      expect((await fixture.stored(key)).seqs).toEqual([1, 2]);
    });

    it('writes nothing to an execution that has ended', async () => {
      const { fixture } = current();
      for (const status of ['completed', 'failed', 'canceled', 'terminated', 'continued_as_new'] as const) {
        const key = await fixture.start();
        await fixture.setStatus(key, status);
        expect((await flush(flushOf(key, 1, { entries: [stateEntry(2, 'x')] }))).size).toBe(0);
        expect(await fixture.stored(key)).toMatchObject({ status, headSeq: 1 });
      }
    });

    it('gives results back with the entries that point to them, and apart while no entry does', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const outcome: RecordedOutcome = { ...times, status: 'completed', result: { ok: [1, null] }, attempts: 1 };
      const results = [
        { commandId: 'send#1', actionName: 'send', outcome },
        { commandId: 'send#2', actionName: 'send', outcome },
      ];
      const body = { commandId: 'send#1', n: 1, name: 'send', argsHash: 'h', result: { ok: [1, null] } };
      const entries = [{ seq: 2, at: Date.UTC(2026, 0, 5), kind: 'action_completed' as const, body }];
      await flush(flushOf(key, 1, { entries, results }));
      const [loaded] = await fixture.store.load({ executions: [key] });
      expect(loaded?.history[1]).toEqual(entries[0]);
      expect(loaded?.unlogged).toMatchObject([{ commandId: 'send#2', attempts: 1, outcome: { stored: true } }]);
    });

    it('adds and removes timers and waits', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const timersAdded = ['a', 'b'].map((commandId) => ({ commandId, fireAtMs: Date.UTC(2030, 0, 1), taskId: null }));
      const waitsAdded = ['a', 'b'].map((commandId) => {
        const none = { match: null, deadlineMs: null, taskId: null, sinceMs: 0 };
        return { commandId, kind: 'event' as const, names: ['X', 'Y'], ...none };
      });
      await flush(flushOf(key, 1, { timersAdded, waitsAdded }));
      await flush(flushOf(key, 1, { timersDropped: ['a', 'unknown'], waitsEnded: ['b', 'unknown'] }));
      expect(await fixture.stored(key)).toMatchObject({ timers: ['b'], waits: ['a'] });
      const [loaded] = await fixture.store.load({ executions: [key] });
      expect(loaded).toMatchObject({ timers: ['b'], waits: ['a'] });
    });

    it('expires one task and creates another in one commit', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const [first, second] = [randomUUID(), randomUUID()];
      await flush(flushOf(key, 1, { tasksAdded: [newTask(first)] }));
      expect(await fixture.taskStatus(first)).toBe('pending');
      await flush(
        flushOf(key, 1, { tasksChanged: [expiry(first)], tasksAdded: [newTask(second, 'createHumanTask#2')] }),
      );
      expect(await fixture.taskStatus(first)).toBe('expired');
      expect(await fixture.taskStatus(second)).toBe('pending');
      expect(await fixture.completeTask(first, 'approve')).toBe(false);
      expect(await fixture.completeTask(second, 'approve')).toBe(true);
    });

    it('reminds of a task, gives it to more people and completes it by itself, once each', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const taskId = randomUUID();
      await flush(flushOf(key, 1, { tasksAdded: [newTask(taskId)] }));
      const before = await fixture.taskLook(taskId);
      const open = { taskId, end: null, roles: [], users: [] };
      const reminded = { kind: 'reminded', detail: null };
      const escalated = { kind: 'escalated', detail: { roles: ['finance'] } };
      await flush(flushOf(key, 1, { tasksChanged: [{ ...open, activities: [reminded] }] }));
      await flush(
        flushOf(key, 1, { tasksChanged: [{ ...open, roles: ['finance'], activities: [reminded, escalated] }] }),
      );
      expect(await fixture.taskLook(taskId)).toEqual({
        status: 'pending',
        outcome: null,
        roles: [...(before?.roles ?? []), 'finance'],
        activities: ['created', 'reminded', 'reminded', 'escalated'],
      });
      const end = { status: 'completed' as const, outcome: 'approve', output: {} };
      const done = { ...open, end, activities: [{ kind: 'completed', detail: { isAutomatic: true } }] };
      await flush(flushOf(key, 1, { tasksChanged: [done] }));
      await flush(flushOf(key, 1, { tasksChanged: [{ ...open, roles: ['late'], activities: [escalated] }] }));
      const after = await fixture.taskLook(taskId);
      expect(after).toMatchObject({ status: 'completed', outcome: 'approve' });
      expect(after?.roles).not.toContain('late');
      expect(after?.activities.slice(4)).toEqual(['completed']);
    });

    it('does not expire a task that somebody completed', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const taskId = randomUUID();
      await flush(flushOf(key, 1, { tasksAdded: [newTask(taskId)] }));
      await fixture.completeTask(taskId, 'approve');
      await flush(flushOf(key, 1, { tasksChanged: [expiry(taskId)] }));
      expect(await fixture.taskStatus(taskId)).toBe('completed');
    });

    it('ends an execution: open tasks are canceled, ended ones stay as they are', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const [open, done, expired] = [randomUUID(), randomUUID(), randomUUID()];
      const tasksAdded = [newTask(open, 't#1'), newTask(done, 't#2'), newTask(expired, 't#3')];
      await flush(flushOf(key, 1, { tasksAdded }));
      await fixture.completeTask(done, 'approve');
      const end = { status: 'completed' as const, result: { sum: 3 }, error: null };
      const entry = { seq: 2, at: 0, kind: 'execution_completed' as const, body: { result: { sum: 3 } } };
      const ending = { end, status: 'completed' as const, entries: [entry], tasksChanged: [expiry(expired)] };
      await flush(flushOf(key, 1, { ...ending, cancelOpenTasks: true }));
      expect(await fixture.stored(key)).toMatchObject({ status: 'completed', headSeq: 2 });
      const statuses = await Promise.all([open, done, expired].map((taskId) => fixture.taskStatus(taskId)));
      expect(statuses).toEqual(['canceled', 'completed', 'expired']);
    });

    it('refuses a second timer of the same name with an error of class 23, and writes nothing', async () => {
      const { fixture } = current();
      const key = await fixture.start();
      const timersAdded = [{ commandId: 'sleep#1', fireAtMs: Date.UTC(2030, 0, 1), taskId: null }];
      await flush(flushOf(key, 1, { timersAdded }));
      const again = flushOf(key, 1, { timersAdded, entries: [stateEntry(2, 'x')] });
      await expect(flush(again)).rejects.toMatchObject({ code: '23505' });
      expect(await fixture.stored(key)).toMatchObject({ headSeq: 1 });
    });
  });
}
