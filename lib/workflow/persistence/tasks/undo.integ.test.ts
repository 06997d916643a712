// Taking back what one has just done: the task is held as it was, or the refusal says who was quicker.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForInfo } from '../../tasks/askAboutTask';
import { assignTasks, claimTasks, undoChanges } from '../../tasks/bulk';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import type { TaskResult } from '../../tasks/deps';
import * as handOver from '../../tasks/handOver';
import { commentOnTask, planTask } from '../../tasks/noteOnTask';
import { releaseTask } from '../../tasks/releaseTask';
import { undoChange } from '../../tasks/undoChange';
import { alice, createTaskFixture, gus, max, mia, omar, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;
let deps: TaskFixture['deps'];
beforeAll(async () => {
  fixture = await createTaskFixture();
  ({ deps } = fixture);
});
afterAll(() => fixture.drop());

async function create(request: Parameters<TaskFixture['createTask']>[0] = {}): Promise<string> {
  return (await fixture.createTask(request)).taskId;
}
async function heldByMia(request: Parameters<TaskFixture['createTask']>[0] = {}): Promise<string> {
  const taskId = await create(request);
  await claimTask(deps, { ...mia, taskId });
  return taskId;
}
/** All of the row but what counts changes. */
async function standOf(taskId: string) {
  const { version: _version, updated_at: _updatedAt, ...stand } = (await fixture.rowOf(taskId)) ?? {};
  return stand;
}
const conflict = { code: 'task_conflict' };
const approval = { outcome: 'approve', data: {} };

/** What can be taken back, on a task that Mia holds and that she asked Alice about. */
const acts = {
  released: (taskId) => releaseTask(deps, { ...mia, taskId }),
  assigned: (taskId) => handOver.assignTask(deps, { ...mia, taskId, to: 'alice', note: 'You know them.' }),
  delegated: (taskId) => handOver.delegateTask(deps, { ...mia, taskId, to: 'alice' }),
  forwarded: (taskId) => handOver.forwardTask(deps, { ...mia, taskId, to: 'omar' }),
  planned: (taskId) =>
    planTask(deps, {
      ...mia,
      taskId,
      priority: 'urgent',
      dueAtMs: null,
      followUpAtMs: Date.parse('2026-12-24T08:00Z'),
    }),
} satisfies Readonly<Record<string, (taskId: string) => Promise<TaskResult>>>;

describe('taking back', () => {
  it.each(Object.keys(acts) as (keyof typeof acts)[])(
    'what was %s leaves the task as it was, and the activity tells of both',
    async (kind) => {
      const taskId = await heldByMia({ dueDate: '2026-12-01T00:00:00Z' });
      await askForInfo(deps, { ...mia, taskId, to: 'alice', text: 'Which project?' });
      const before = await standOf(taskId);
      const { version } = await acts[kind](taskId);
      expect(await standOf(taskId)).not.toEqual(before);
      expect(await undoChange(deps, { ...mia, taskId, version })).toMatchObject({
        status: 'claimed',
        version: version + 1,
      });
      expect(await standOf(taskId)).toEqual(before);
      expect(await fixture.activityOf(taskId)).toEqual([
        'claimed mia',
        'info_requested mia',
        `${kind} mia`,
        'undone mia',
      ]);
    },
  );

  it('a claim frees the task, and open pages hear of it', async () => {
    const taskId = await create();
    const before = await standOf(taskId);
    const { version } = await claimTask(deps, { ...mia, taskId });
    fixture.changes.length = 0;
    expect(await undoChange(deps, { ...mia, taskId, version })).toMatchObject({ status: 'pending' });
    expect(await standOf(taskId)).toEqual(before);
    expect(fixture.changes).toEqual([{ tenant: 'acme', topic: 'task', id: taskId }]);
  });

  it('what an administrator took from somebody gives it to them again', async () => {
    const taskId = await heldByMia();
    const { version } = await releaseTask(deps, { ...omar, taskId });
    await undoChange(deps, { ...omar, taskId, version });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'mia' });
  });

  it('a return makes the delegate work on it again', async () => {
    const taskId = await heldByMia();
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'alice' });
    const { version } = await handOver.giveBackTask(deps, { ...alice, taskId, note: 'Done.' });
    await undoChange(deps, { ...alice, taskId, version });
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'alice', owner: 'mia' });
  });

  it('keeps a candidate who was one before', async () => {
    const taskId = await heldByMia({ assignTo: { users: ['mia', 'alice'] } });
    const { version } = await handOver.assignTask(deps, { ...omar, taskId, to: 'alice' });
    await undoChange(deps, { ...omar, taskId, version });
    expect(await fixture.rowOf(taskId)).toMatchObject({ candidate_users: ['mia', 'alice'], assignee: 'mia' });
  });

  it('is not kept from by a comment', async () => {
    const taskId = await create();
    const { version } = await claimTask(deps, { ...mia, taskId });
    await commentOnTask(deps, { ...max, taskId, text: 'Looks fine.' });
    await undoChange(deps, { ...mia, taskId, version });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'pending' });
  });
});

describe('taking back is refused', () => {
  it('with the name of who changed the task since, and of who has it', async () => {
    const taskId = await heldByMia();
    const { version } = await releaseTask(deps, { ...mia, taskId });
    await claimTask(deps, { ...max, taskId });
    const undoing = undoChange(deps, { ...mia, taskId, version });
    await expect(undoing).rejects.toMatchObject(conflict);
    await expect(undoing).rejects.toThrow(
      'Max Braun changed this task since: it cannot be taken back any more. Max Braun has it now.',
    );
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'max' });
  });

  it('where somebody has decided it', async () => {
    const taskId = await heldByMia();
    const { version } = await handOver.forwardTask(deps, { ...mia, taskId, to: 'max' });
    await completeTask(deps, { ...max, taskId, ...approval });
    await expect(undoChange(deps, { ...mia, taskId, version })).rejects.toThrow('Max Braun already approved it');
  });

  it('a second time, and for a decision', async () => {
    const taskId = await create();
    const { version } = await claimTask(deps, { ...mia, taskId });
    const undone = await undoChange(deps, { ...mia, taskId, version });
    await expect(undoChange(deps, { ...mia, taskId, version })).rejects.toThrow('You changed this task since');
    await expect(undoChange(deps, { ...mia, taskId, version: undone.version })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    const ended = await completeTask(deps, { ...mia, taskId, ...approval });
    await expect(undoChange(deps, { ...mia, taskId, version: ended.version })).rejects.toThrow(
      'You already approved it',
    );
  });

  it('to anybody else: colleagues, administrators, other tenants', async () => {
    const taskId = await create();
    const { version } = await claimTask(deps, { ...mia, taskId });
    for (const other of [max, omar]) {
      await expect(undoChange(deps, { ...other, taskId, version })).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(undoChange(deps, { ...gus, taskId, version })).rejects.toMatchObject({ code: 'task_not_found' });
    await expect(undoChange(deps, { ...mia, taskId, version: version + 1 })).rejects.toMatchObject(conflict);
  });

  it('after two minutes', async () => {
    const taskId = await create();
    const { version } = await claimTask(deps, { ...mia, taskId });
    await fixture.sql`
      UPDATE workflow_task_activity SET at = at - interval '3 minutes' WHERE task_id = ${taskId} AND kind = 'claimed'`;
    await expect(undoChange(deps, { ...mia, taskId, version })).rejects.toThrow('It is too late to take this back.');
  });

  it('where it would go to somebody who is gone', async () => {
    const taskId = await create();
    await claimTask(deps, { ...max, taskId });
    const { version } = await handOver.assignTask(deps, { ...omar, taskId, to: 'mia' });
    await fixture.sql`UPDATE users SET deactivated_at = now() WHERE user_id = 'max'`;
    const undoing = undoChange(deps, { ...omar, taskId, version });
    await expect(undoing).rejects.toThrow('Who had this task before no longer works here.');
    await fixture.sql`UPDATE users SET deactivated_at = NULL WHERE user_id = 'max'`;
  });
});

describe('taking back what was done to many', () => {
  it('is done or refused task by task', async () => {
    const taskIds = [await create(), await create()];
    const claimed = await claimTasks(deps, { ...mia, taskIds });
    const changes = claimed.flatMap((answer) =>
      answer.ok ? [{ taskId: answer.taskId, version: answer.version }] : [],
    );
    await assignTasks(deps, { ...omar, taskIds: taskIds.slice(1), to: 'max' });
    expect(await undoChanges(deps, { ...mia, changes })).toMatchObject([
      { taskId: taskIds[0], ok: true, status: 'pending' },
      {
        taskId: taskIds[1],
        ok: false,
        code: 'task_conflict',
        message: expect.stringContaining('Omar Haddad') as string,
      },
    ]);
  });
});

describe('taking back while somebody else acts', () => {
  it.each([
    ['claims', (taskId: string) => claimTask(deps, { ...max, taskId })],
    ['assigns', (taskId: string) => handOver.assignTask(deps, { ...omar, taskId, to: 'max' })],
    ['completes', (taskId: string) => completeTask(deps, { ...max, taskId, ...approval })],
  ] as const)('a release that another one %s: one of them wins, and the loser is told', async (_, act) => {
    for (let round = 0; round < 10; round += 1) {
      const taskId = await heldByMia();
      const { version } = await releaseTask(deps, { ...mia, taskId });
      const [undone, acted] = await Promise.allSettled([undoChange(deps, { ...mia, taskId, version }), act(taskId)]);
      const row = await fixture.rowOf(taskId);
      const lines = (await fixture.activityOf(taskId)).slice(2);
      // An administrator may assign after the release was taken back; nobody else may do anything then.
      if (undone.status === 'rejected') {
        expect(undone.reason).toMatchObject(conflict);
        expect(String(undone.reason)).toContain('Max Braun');
        expect(row).toMatchObject({ assignee: 'max' });
        expect(lines).not.toContain('undone mia');
      } else {
        expect(lines[0]).toBe('undone mia');
        if (acted.status === 'rejected') expect(String(acted.reason)).toContain('Mia Rossi');
      }
    }
  });
});
