import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignTasks, claimTasks, completeTasks, releaseTasks } from '../../tasks/bulk';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { alice, createTaskFixture, form, max, mia, omar, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;

beforeAll(async () => {
  fixture = await createTaskFixture();
});
afterAll(() => fixture.drop());

const create = async (...requests: Parameters<TaskFixture['createTask']>[0][]) => {
  const ids = [];
  for (const request of requests) ids.push((await fixture.createTask(request)).taskId);
  return ids as [string, string, string, string];
};
const statusesOf = (ids: readonly string[]) =>
  Promise.all(ids.map(async (taskId) => (await fixture.rowOf(taskId))?.status as string));
const approval = { outcome: 'approve', data: { comment: 'Fine' } };
const text = (part: string) => expect.stringContaining(part) as string;

describe('many tasks', () => {
  it('are claimed where they can be, and each refusal says by whom it is held or ended', async () => {
    const taskIds = await create({}, {}, {}, { distinctFrom: ['mia'] });
    const [free, held, done, mine] = taskIds;
    await claimTask(fixture.deps, { ...max, taskId: held });
    await completeTask(fixture.deps, { ...max, taskId: done, ...approval });
    expect(await claimTasks(fixture.deps, { ...mia, taskIds: [...taskIds, free] })).toMatchObject([
      { taskId: free, ok: true, status: 'claimed', version: 2 },
      { taskId: held, ok: false, code: 'task_conflict', message: text('Max Braun claimed it on') },
      { taskId: done, ok: false, code: 'task_conflict', message: text('Max Braun already approved it on') },
      { taskId: mine, ok: false, code: 'task_forbidden', message: text('second person') },
    ]);
    expect(await releaseTasks(fixture.deps, { ...mia, taskIds: [free, held] })).toMatchObject([
      { ok: true, status: 'pending' },
      { ok: false, message: text('Max Braun') },
    ]);
  });

  it('are assigned, but not to somebody who must not decide', async () => {
    const taskIds = await create({}, { distinctFrom: ['alice'] });
    const assigned = await assignTasks(fixture.deps, { ...omar, taskIds, to: 'alice', note: 'Please' });
    expect(assigned).toMatchObject([
      { ok: true, status: 'claimed' },
      { ok: false, code: 'invalid_input', message: text('Alice Meyer must not decide this') },
    ]);
  });

  it('are completed by one answer, checked against the context of each', async () => {
    const taskIds = await create(
      {},
      { contextData: { number: 'INV-0002', customer: 'Bar' } },
      { distinctFrom: ['mia'] },
    );
    const [first, second, third] = taskIds;
    expect(await completeTasks(fixture.deps, { ...mia, taskIds, ...approval })).toMatchObject([
      { taskId: first, ok: true, status: 'completed' },
      { taskId: second, ok: true, status: 'completed' },
      { taskId: third, ok: false, code: 'task_forbidden' },
    ]);
    const output = { comment: 'Fine', summary: 'Invoice INV-0002 of Bar' };
    expect(await fixture.rowOf(second)).toMatchObject({ output, ended_by: 'mia' });
    const wrong = await completeTasks(fixture.deps, { ...max, taskIds: [third], outcome: 'reject', data: {} });
    expect(wrong).toMatchObject([{ ok: false, code: 'validation_failed', fieldErrors: [{ path: '/comment' }] }]);
  });

  it('count as completed where the answer to another one of them ended them', async () => {
    const taskIds = await create({ fingerprint: 'same' }, { fingerprint: 'same' }, { fingerprint: 'same' });
    expect(await completeTasks(fixture.deps, { ...mia, taskIds, ...approval })).toMatchObject(
      taskIds.map((taskId) => ({ taskId, ok: true, status: 'completed' })),
    );
  });

  it('are not completed at all where their forms, or the versions of their form, differ', async () => {
    const name = 'growing-form';
    const publish = (title: string) =>
      publishSystemDefinitions(fixture.definitionDeps, {
        forms: [{ ...form, name, jsonSchema: { ...form.jsonSchema, title } }],
        taskDefinitions: [{ taskType: 'growing', name: 'Growing', formName: name, defaultRoles: ['manager'] }],
      });
    await publish('one');
    const [older] = await create({ taskType: 'growing' });
    await publish('two');
    const [newer] = await create({ taskType: 'growing' });
    const taskIds = [older, newer];
    const completing = completeTasks(fixture.deps, { ...mia, taskIds, ...approval });
    await expect(completing).rejects.toMatchObject({ code: 'invalid_input', message: text('versions of a form') });
    expect(await statusesOf(taskIds)).toEqual(['pending', 'pending']);
  });

  it('are refused as a whole where there are none, or too many', async () => {
    for (const taskIds of [[], Array.from({ length: 201 }, () => randomUUID())]) {
      await expect(async () => claimTasks(fixture.deps, { ...alice, taskIds })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
  });

  it('that two people claim at the same time go to one of them each', async () => {
    const taskIds = await create({}, {}, {}, {});
    const [hers, his] = await Promise.all([
      claimTasks(fixture.deps, { ...mia, taskIds }),
      claimTasks(fixture.deps, { ...max, taskIds: taskIds.toReversed() }),
    ]);
    const won = [...hers, ...his].filter(({ ok }) => ok).map(({ taskId }) => taskId);
    expect(won.toSorted()).toEqual(taskIds.toSorted());
  });
});
