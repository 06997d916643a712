import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { declineTask } from '../../tasks/declineTask';
import { dropDraft, readDraft, saveDraft, type DraftDeps } from '../../tasks/drafts';
import { createTaskDraftStore } from './drafts';
import { alice, createTaskFixture, gus, max, mia, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;
let deps: DraftDeps;

beforeAll(async () => {
  fixture = await createTaskFixture();
  deps = { tasks: fixture.deps.tasks, drafts: createTaskDraftStore({ sql: fixture.sql }) };
});
afterAll(() => fixture.drop());

const draftsOf = (taskId: string) => fixture.sql`SELECT user_id FROM workflow_task_drafts WHERE task_id = ${taskId}`;

describe('a draft', () => {
  it('keeps what was typed last, however wrong, until it is thrown away', async () => {
    const { taskId } = await fixture.createTask();
    await saveDraft(deps, { ...mia, taskId, data: { comment: 'first' } });
    await saveDraft(deps, { ...mia, taskId, data: { comment: 'x'.repeat(50), unknown: [1] } });
    expect((await readDraft(deps, { ...mia, taskId }))?.data).toEqual({ comment: 'x'.repeat(50), unknown: [1] });
    await dropDraft(deps, { ...mia, taskId });
    expect(await readDraft(deps, { ...mia, taskId })).toBeNull();
  });

  it('is read by nobody else, neither colleagues nor another tenant', async () => {
    const { taskId } = await fixture.createTask();
    await saveDraft(deps, { ...mia, taskId, data: { comment: 'mine' } });
    expect(await readDraft(deps, { ...max, taskId })).toBeNull();
    expect(await readDraft(deps, { ...gus, taskId })).toBeNull();
    expect(await readDraft(deps, { ...gus, userId: 'mia', taskId })).toBeNull();
    await saveDraft(deps, { ...max, taskId, data: { comment: 'his' } });
    await dropDraft(deps, { ...max, taskId });
    expect((await readDraft(deps, { ...mia, taskId }))?.data).toEqual({ comment: 'mine' });
  });

  it('is kept only for those who could send it', async () => {
    const { taskId } = await fixture.createTask({ distinctFrom: ['alice'] });
    const data = { comment: 'no' };
    await expect(saveDraft(deps, { ...alice, taskId, data })).rejects.toMatchObject({ code: 'task_forbidden' });
    await expect(saveDraft(deps, { ...gus, taskId, data })).rejects.toMatchObject({ code: 'task_not_found' });
    await claimTask(fixture.deps, { ...mia, taskId });
    await expect(saveDraft(deps, { ...max, taskId, data })).rejects.toMatchObject({ code: 'task_conflict' });
    const long = { comment: 'x'.repeat(1_000_001) };
    await expect(saveDraft(deps, { ...mia, taskId, data: long })).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it('goes with the end of its task for whoever ends it, and stays for everybody else', async () => {
    for (const end of [completeTask, declineTask]) {
      const { taskId } = await fixture.createTask();
      await saveDraft(deps, { ...mia, taskId, data: { comment: 'mine' } });
      await saveDraft(deps, { ...max, taskId, data: { comment: 'his' } });
      await end(fixture.deps, { ...max, taskId, outcome: 'approve', data: {}, reason: 'no' });
      expect(await draftsOf(taskId)).toEqual([{ user_id: 'mia' }]);
      const late = saveDraft(deps, { ...mia, taskId, data: { comment: 'late' } });
      await expect(late).rejects.toMatchObject({ code: 'task_conflict' });
      expect((await readDraft(deps, { ...mia, taskId }))?.data).toEqual({ comment: 'mine' });
    }
  });

  it('stays where the workflow or time ended its task', async () => {
    for (const status of ['canceled', 'expired']) {
      const { taskId } = await fixture.createTask();
      await saveDraft(deps, { ...mia, taskId, data: { comment: 'mine' } });
      await fixture.sql`UPDATE workflow_tasks SET status = ${status}, ended_at = now() WHERE task_id = ${taskId}`;
      expect((await readDraft(deps, { ...mia, taskId }))?.data).toEqual({ comment: 'mine' });
      await dropDraft(deps, { ...mia, taskId });
      expect(await readDraft(deps, { ...mia, taskId })).toBeNull();
    }
  });

  it('saved in the same moment as the end is gone afterwards for whoever ended it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { taskId } = await fixture.createTask();
      await Promise.allSettled([
        completeTask(fixture.deps, { ...max, taskId, outcome: 'approve', data: {} }),
        saveDraft(deps, { ...mia, taskId, data: { comment: 'a' } }),
        saveDraft(deps, { ...max, taskId, data: { comment: 'b' } }),
      ]);
      expect((await fixture.rowOf(taskId))?.status).toBe('completed');
      expect(await draftsOf(taskId)).not.toContainEqual({ user_id: 'max' });
    }
  });
});
