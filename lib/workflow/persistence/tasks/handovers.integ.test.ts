import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as questions from '../../tasks/askAboutTask';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { declineTask } from '../../tasks/declineTask';
import * as handOver from '../../tasks/handOver';
import { commentOnTask, planTask } from '../../tasks/noteOnTask';
import { releaseTask } from '../../tasks/releaseTask';
import { reopenTasks } from '../executions/reopenTasks';
import { alice, createTaskFixture, gus, max, mia, omar, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;
let deps: TaskFixture['deps'];
beforeAll(async () => {
  fixture = await createTaskFixture();
  ({ deps } = fixture);
});
afterAll(() => fixture.drop());

/** A task that Mia holds. */
async function heldByMia(request: Parameters<TaskFixture['createTask']>[0] = {}) {
  const { taskId, executionId } = await fixture.createTask(request);
  await claimTask(deps, { ...mia, taskId });
  return { taskId, executionId };
}
const approval = { outcome: 'approve', data: {} };
const conflict = { code: 'task_conflict' };
const forbidden = { code: 'task_forbidden' };
const invalid = { code: 'invalid_input' };

describe('declining', () => {
  it('ends the task with a reason and tells the workflow in the same commit', async () => {
    const { taskId, executionId } = await heldByMia();
    await declineTask(deps, { ...mia, taskId, reason: ' Not ours. ' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'declined', ended_by: 'mia' });
    expect(await fixture.eventsOf(executionId)).toMatchObject([
      {
        seq: null,
        kind: 'task_ended',
        payload: { taskId, status: 'declined', outcome: null, output: { reason: 'Not ours.' }, by: 'mia' },
      },
    ]);
    expect(await fixture.activityOf(taskId)).toEqual(['claimed mia', 'declined mia']);
    await expect(completeTask(deps, { ...mia, taskId, ...approval })).rejects.toThrow('You already declined it');
  });

  it('needs a reason, a candidate, and a task that nobody else holds', async () => {
    const { taskId } = await heldByMia();
    await expect(declineTask(deps, { ...mia, taskId, reason: '  ' })).rejects.toMatchObject({
      ...invalid,
      fieldErrors: [{ path: '/reason' }],
    });
    await expect(declineTask(deps, { ...max, taskId, reason: 'No' })).rejects.toThrow('Mia Rossi claimed it');
    await expect(declineTask(deps, { ...omar, taskId, reason: 'No' })).rejects.toMatchObject(forbidden);
    await expect(declineTask(deps, { ...gus, taskId, reason: 'No' })).rejects.toMatchObject({ code: 'task_not_found' });
  });
});

describe('assigning', () => {
  it('gives the task to somebody who may then decide it, whoever held it', async () => {
    const { taskId } = await heldByMia({ assignTo: { users: ['mia'] } });
    await handOver.assignTask(deps, { ...omar, taskId, to: 'max', note: 'Mia is away.' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'max' });
    await expect(completeTask(deps, { ...mia, taskId, ...approval })).rejects.toThrow('Max Braun claimed it');
    await completeTask(deps, { ...max, taskId, ...approval });
    expect(await fixture.activityOf(taskId)).toEqual(['claimed mia', 'assigned omar', 'completed max']);
  });

  it('never gives it to whom four eyes exclude, to strangers, or to its holder again', async () => {
    const { taskId } = await heldByMia({ distinctFrom: ['alice'] });
    const assign = (to: string) => handOver.assignTask(deps, { ...omar, taskId, to });
    await expect(assign('alice')).rejects.toThrow('Alice Meyer must not decide this');
    await expect(assign('gus')).rejects.toThrow('Choose somebody who works here.');
    await expect(assign('mia')).rejects.toThrow('Mia Rossi has it already.');
    // The store says the same, whatever the use-case believed.
    const { tenant, userId, roles } = omar;
    const change = { tenant, userId, roles, taskId, to: 'alice', note: null, holder: 'mia' };
    expect(await deps.tasks.assign(change)).toBeNull();
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'mia' });
  });
});

describe('delegating', () => {
  it('lends the task: the delegate works on it, the owner decides', async () => {
    const { taskId } = await heldByMia();
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'alice', note: 'Is the amount right?' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'alice', owner: 'mia' });
    await expect(completeTask(deps, { ...alice, taskId, ...approval })).rejects.toThrow('Mia Rossi decides this');
    await expect(completeTask(deps, { ...mia, taskId, ...approval })).rejects.toThrow('You delegated it to Alice');
    await expect(handOver.forwardTask(deps, { ...alice, taskId, to: 'max' })).rejects.toMatchObject(conflict);
    await handOver.giveBackTask(deps, { ...alice, taskId, note: 'It is.' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'mia', owner: null });
    await completeTask(deps, { ...mia, taskId, ...approval });
    expect(await fixture.activityOf(taskId)).toEqual([
      'claimed mia',
      'delegated mia',
      'given_back alice',
      'completed mia',
    ]);
  });

  it('is ended by the owner too, and by nobody else', async () => {
    const { taskId } = await heldByMia();
    await expect(handOver.giveBackTask(deps, { ...mia, taskId })).rejects.toThrow('nothing to give back');
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'max' });
    await expect(handOver.giveBackTask(deps, { ...omar, taskId })).rejects.toMatchObject(forbidden);
    await handOver.giveBackTask(deps, { ...mia, taskId });
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'mia', owner: null });
  });

  it('leaves the task with who decides: the delegate cannot give it to all, an administrator can', async () => {
    const { taskId } = await heldByMia();
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'max' });
    await expect(releaseTask(deps, { ...max, taskId })).rejects.toThrow('Mia Rossi decides this');
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'max', owner: 'mia' });
    await releaseTask(deps, { ...omar, taskId });
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'pending', assignee: null, owner: null });
  });

  it('is for whoever holds the task', async () => {
    const { taskId } = await fixture.createTask();
    await expect(handOver.delegateTask(deps, { ...mia, taskId, to: 'max' })).rejects.toThrow('Claim it first');
    await claimTask(deps, { ...mia, taskId });
    await expect(handOver.delegateTask(deps, { ...max, taskId, to: 'alice' })).rejects.toThrow('Mia Rossi claimed it');
  });
});

describe('forwarding', () => {
  it('replaces who decides', async () => {
    const { taskId } = await heldByMia({ assignTo: { users: ['mia'] } });
    await handOver.forwardTask(deps, { ...mia, taskId, to: 'alice' });
    await expect(completeTask(deps, { ...mia, taskId, ...approval })).rejects.toThrow('Alice Meyer claimed it');
    await completeTask(deps, { ...alice, taskId, ...approval });
  });
});

describe('a question', () => {
  it('is open to one person until they answer, and the task stays where it is', async () => {
    const { taskId } = await heldByMia();
    await questions.askForInfo(deps, { ...mia, taskId, to: 'alice', text: 'Which project?' });
    await expect(questions.askForInfo(deps, { ...mia, taskId, to: 'max', text: 'You?' })).rejects.toThrow(
      'A question to Alice Meyer is open already.',
    );
    await expect(questions.answerQuestion(deps, { ...max, taskId, text: 'Ours' })).rejects.toMatchObject(forbidden);
    await questions.answerQuestion(deps, { ...alice, taskId, text: 'The west wing.' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ assignee: 'mia', question: null, question_to: null });
    await expect(questions.answerQuestion(deps, { ...alice, taskId, text: 'Again' })).rejects.toMatchObject(conflict);
    expect(await fixture.activityOf(taskId)).toEqual(['claimed mia', 'info_requested mia', 'info_given alice']);
  });

  it('can be taken back by who asked', async () => {
    const { taskId } = await heldByMia();
    await questions.askForInfo(deps, { ...mia, taskId, to: 'alice', text: 'Which project?' });
    await expect(questions.withdrawQuestion(deps, { ...max, taskId })).rejects.toMatchObject(forbidden);
    await questions.withdrawQuestion(deps, { ...mia, taskId });
    expect(await fixture.rowOf(taskId)).toMatchObject({ question: null });
  });

  it('is gone when the task is given back to everybody', async () => {
    const { taskId } = await heldByMia();
    await questions.askForInfo(deps, { ...mia, taskId, to: 'alice', text: 'Which project?' });
    await releaseTask(deps, { ...mia, taskId });
    expect(await fixture.rowOf(taskId)).toMatchObject({ question_to: null, question_by: null });
  });
});

describe('a task that is open again', () => {
  it('is nobody’s, whoever had it and whatever was asked when its execution failed', async () => {
    const { taskId, executionId } = await heldByMia();
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'alice' });
    await questions.askForInfo(deps, { ...alice, taskId, to: 'omar', text: 'Which project?' });
    await fixture.sql`UPDATE workflow_tasks SET status = 'canceled', ended_at = now() WHERE task_id = ${taskId}`;
    const workerId = randomUUID();
    await fixture.sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'h', 1, '1')`;
    await reopenTasks(fixture.sql, { workerId, execution: { executionId, partitionId: 7 }, taskIds: [taskId] });
    const nobodys = { status: 'pending', assignee: null, owner: null, question_to: null, question: null };
    expect(await fixture.rowOf(taskId)).toMatchObject(nobodys);
    await claimTask(deps, { ...max, taskId });
    await completeTask(deps, { ...max, taskId, ...approval });
  });
});

describe('what a refusal tells', () => {
  const stranger = { tenant: 'acme', userId: 'max', roles: ['requester'] };
  const acts = (as: typeof stranger, taskId: string) => [
    () => handOver.delegateTask(deps, { ...as, taskId, to: 'alice' }),
    () => handOver.forwardTask(deps, { ...as, taskId, to: 'alice' }),
    () => handOver.giveBackTask(deps, { ...as, taskId }),
    () => questions.askForInfo(deps, { ...as, taskId, to: 'alice', text: 'Who has it?' }),
    () => questions.answerQuestion(deps, { ...as, taskId, text: 'Me' }),
    () => questions.withdrawQuestion(deps, { ...as, taskId }),
    () => planTask(deps, { ...as, taskId, priority: 'low' }),
  ];

  it('is for those who may read the task: others do not hear who has it, nor how it ended', async () => {
    const { taskId } = await heldByMia();
    for (const act of acts(stranger, taskId)) await expect(act()).rejects.toThrow('This task is for people with');
    await completeTask(deps, { ...mia, taskId, ...approval });
    for (const act of acts(stranger, taskId)) await expect(act()).rejects.toMatchObject(forbidden);
    for (const act of acts(max, taskId)) await expect(act()).rejects.toThrow('Mia Rossi already approved it');
  });

  it('names whoever was quicker to somebody who had it, also where they are no candidate', async () => {
    const { taskId } = await heldByMia();
    await handOver.delegateTask(deps, { ...mia, taskId, to: 'max' });
    await handOver.assignTask(deps, { ...omar, taskId, to: 'alice' });
    await expect(handOver.giveBackTask(deps, { ...stranger, taskId })).rejects.toThrow('not delegated');
    await completeTask(deps, { ...alice, taskId, ...approval });
    await expect(handOver.giveBackTask(deps, { ...stranger, taskId })).rejects.toThrow('Alice Meyer already approved');
  });
});

describe('notes', () => {
  it('are added to open and ended tasks, without changing them', async () => {
    const { taskId } = await heldByMia();
    await commentOnTask(deps, { ...max, taskId, text: 'Looks fine.' });
    await completeTask(deps, { ...mia, taskId, ...approval, expectedVersion: 2 });
    await commentOnTask(deps, { ...max, taskId, text: 'Thank you.' });
    await expect(commentOnTask(deps, { ...max, taskId, text: 'x'.repeat(10_001) })).rejects.toMatchObject(invalid);
    await expect(commentOnTask(deps, { ...gus, taskId, text: 'Hm.' })).rejects.toMatchObject({
      code: 'task_not_found',
    });
    expect(await fixture.activityOf(taskId)).toEqual([
      'claimed mia',
      'commented max',
      'completed mia',
      'commented max',
    ]);
  });

  it('change priority, due date and follow-up one by one', async () => {
    const { taskId } = await heldByMia({ dueDate: '2026-12-01T00:00:00Z' });
    const followUpAtMs = Date.parse('2026-11-30T08:00:00Z');
    await planTask(deps, { ...mia, taskId, priority: 'urgent', followUpAtMs });
    expect(await fixture.rowOf(taskId)).toMatchObject({ priority: 'urgent', follow_up_at: new Date(followUpAtMs) });
    await planTask(deps, { ...omar, taskId, dueAtMs: null });
    expect(await fixture.rowOf(taskId)).toMatchObject({ priority: 'urgent', due_at: null });
    await expect(planTask(deps, { ...max, taskId, priority: 'low' })).rejects.toMatchObject(forbidden);
    await expect(planTask(deps, { ...mia, taskId, priority: 'mad' as 'low' })).rejects.toMatchObject(invalid);
  });
});

/** What may meet at one task. Each pair is tried in many rounds: of two that exclude each other exactly one wins. */
const deeds = {
  complete: (taskId: string) => completeTask(deps, { ...mia, taskId, ...approval }),
  decline: (taskId: string) => declineTask(deps, { ...mia, taskId, reason: 'No' }),
  delegate: (taskId: string) => handOver.delegateTask(deps, { ...mia, taskId, to: 'alice' }),
  forward: (taskId: string) => handOver.forwardTask(deps, { ...mia, taskId, to: 'max' }),
  release: (taskId: string) => releaseTask(deps, { ...mia, taskId }),
  assign: (taskId: string) => handOver.assignTask(deps, { ...omar, taskId, to: 'max' }),
} as const;
type Deed = keyof typeof deeds;
const ends: readonly Deed[] = ['complete', 'decline'];
const names = Object.keys(deeds) as Deed[];
const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));

describe('two people on one task', () => {
  it.each(pairs)('%s and %s leave one story that everybody can read', async (one, other) => {
    for (let round = 0; round < 10; round += 1) {
      const { taskId, executionId } = await heldByMia();
      const outcomes = await Promise.allSettled([deeds[one](taskId), deeds[other](taskId)]);
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of lost) {
        expect(['task_conflict', 'task_forbidden', 'invalid_input']).toContain((reason as { code: string }).code);
        expect((reason as Error).message).not.toContain('undefined');
      }
      const row = await fixture.rowOf(taskId);
      const activity = await fixture.activityOf(taskId);
      const won = outcomes.length - lost.length;
      // What came about is what the activity says, line by line, and an end is told exactly once.
      expect(won).toBeGreaterThanOrEqual(1);
      expect(activity.filter((line) => line !== 'claimed mia')).toHaveLength(won);
      const hasEnded = ['completed', 'declined'].includes(row?.status as string);
      expect(await fixture.eventsOf(executionId)).toHaveLength(hasEnded ? 1 : 0);
      if (ends.includes(one) && ends.includes(other)) expect(won).toBe(1);
      if (hasEnded) expect(row).toMatchObject({ assignee: 'mia', ended_by: 'mia' });
    }
  });
});
