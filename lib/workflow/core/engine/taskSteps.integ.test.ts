import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requester } from '../../model/tasks';
import type { WorkflowContext } from '../../model/workflow';
import { createPeopleDirectory } from '../../persistence/tasks/people';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { assignTask } from '../../tasks/handOver';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;
/** Those that the test started. */
const running: { stop(): Promise<void> }[] = [];
const startWorker = async (...overrides: Parameters<Harness['startWorker']>) => {
  const { worker } = await harness.startWorker(...overrides);
  running.push(worker);
  return worker;
};
const stopWorkers = () => Promise.all(running.splice(0).map((worker) => worker.stop()));
const tenant = 'acme';
const hour = 3_600_000;

async function chainWorkflow({ tasks }: WorkflowContext) {
  return tasks.ask('review', {
    reminders: ['1 hour'],
    escalateTo: [
      { after: '2 hours', roles: ['finance'] },
      { after: '4 hours', users: ['omar'] },
    ],
    timeout: '6 hours',
    onTimeout: { outcome: 'reject', output: {} },
  });
}

async function takenOverWorkflow({ tasks }: WorkflowContext) {
  return tasks.ask('review', { timeout: '6 hours', onTimeout: 'escalate', escalateTo: { roles: ['finance'] } });
}

async function fourEyesWorkflow({ tasks }: WorkflowContext) {
  return tasks.ask('review', { distinctFrom: [requester] });
}

const taskOf = async (executionId: string) => {
  const [task] = await harness.sql`
    SELECT task_id, status, outcome, assignee, candidate_roles, candidate_users, version
    FROM workflow_tasks WHERE execution_id = ${executionId}`;
  if (!task) throw new Error('There is no task.');
  return task;
};
const activityOf = async (executionId: string) =>
  (
    await harness.sql<{ kind: string }[]>`
      SELECT a.kind FROM workflow_task_activity a JOIN workflow_tasks k USING (task_id)
      WHERE k.execution_id = ${executionId} ORDER BY a.activity_id`
  ).map(({ kind }) => kind);
const untilActivity = (executionId: string, kinds: readonly string[]) =>
  until(async () => (await activityOf(executionId)).join() === kinds.join(), `the activities ${kinds.join()}`);
const deps = () => ({
  ...harness.deps,
  tasks: createTaskStore({ sql: harness.sql }),
  people: createPeopleDirectory({ sql: harness.sql }),
});
const start = async (workflow: string) => {
  const id = await harness.runtime.startWorkflow(workflow, { tenant, userId: 'alice' });
  await harness.untilStatus(id, 'waiting');
  return { id, taskId: (await taskOf(id)).task_id as string };
};

beforeAll(async () => {
  harness = await createHarness();
  const form = {
    name: 'review-form',
    jsonSchema: { type: 'object', properties: {}, 'x-outcomes': [{ value: 'approve' }, { value: 'reject' }] },
    uiSchema: {},
  };
  const taskDefinitions = [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }];
  const definitions = createTaskDefinitionStore({ sql: harness.sql });
  await publishSystemDefinitions({ definitions }, { forms: [form], taskDefinitions });
  await harness.sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme')`;
  await harness.sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('mia', 'mia@acme.test', 'Mia Rossi', 'acme'), ('alice', 'alice@acme.test', 'Alice Meyer', 'acme')`;
  harness.runtime.registerWorkflow(chainWorkflow);
  harness.runtime.registerWorkflow(takenOverWorkflow);
  harness.runtime.registerWorkflow(fourEyesWorkflow);
});
afterAll(() => harness.close());

describe('reminders, escalation and expiry', () => {
  it('commit with the task, fire when their time has come, and end in the automatic outcome', async () => {
    await startWorker();
    const { id, taskId } = await start('Chain');
    const rows = await harness.sql<{ xmin: string }[]>`
      SELECT xmin::text FROM workflow_timers WHERE execution_id = ${id}
      UNION ALL SELECT xmin::text FROM workflow_tasks WHERE execution_id = ${id}`;
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map(({ xmin }) => xmin)).size).toBe(1);

    await claimTask(deps(), { tenant, userId: 'mia', roles: ['manager'], taskId });
    harness.moveTime(1.5 * hour);
    await untilActivity(id, ['created', 'claimed', 'reminded']);
    expect(await taskOf(id)).toMatchObject({ status: 'claimed', assignee: 'mia', version: 2 });

    harness.moveTime(hour);
    await untilActivity(id, ['created', 'claimed', 'reminded', 'escalated']);
    expect(await taskOf(id)).toMatchObject({
      status: 'pending',
      assignee: null,
      candidate_roles: ['manager', 'finance'],
      version: 3,
    });

    // Nobody is there when the next two come due: another worker goes on with them, each once.
    await stopWorkers();
    harness.moveTime(5 * hour);
    await startWorker();
    await harness.untilStatus(id, 'completed');
    expect(await activityOf(id)).toEqual(['created', 'claimed', 'reminded', 'escalated', 'escalated', 'completed']);
    expect(await taskOf(id)).toMatchObject({ status: 'completed', outcome: 'reject', candidate_users: ['omar'] });
    const [{ result } = {}] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${id}`;
    expect(result).toMatchObject({ status: 'completed', outcome: 'reject', by: null });
  });

  it('are over once somebody answered', async () => {
    const { id, taskId } = await start('Chain');
    await completeTask(deps(), { tenant, userId: 'mia', roles: ['manager'], taskId, outcome: 'approve', data: {} });
    await harness.untilStatus(id, 'completed');
    expect(await harness.sql`SELECT 1 FROM workflow_timers WHERE execution_id = ${id}`).toHaveLength(0);
    expect(await activityOf(id)).toEqual(['created', 'claimed', 'completed']);
  });

  it('give a task to others at its expiry instead of ending it, where that was asked for', async () => {
    const { id, taskId } = await start('TakenOver');
    await claimTask(deps(), { tenant, userId: 'mia', roles: ['manager'], taskId });
    harness.moveTime(7 * hour);
    await untilActivity(id, ['created', 'claimed', 'escalated']);
    expect(await taskOf(id)).toMatchObject({
      status: 'pending',
      assignee: null,
      candidate_roles: ['manager', 'finance'],
    });
    const answer = { tenant, userId: 'alice', roles: ['finance'], taskId, outcome: 'approve', data: {} };
    await completeTask(deps(), answer);
    await harness.untilStatus(id, 'completed');
    const [{ result } = {}] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${id}`;
    expect(result).toMatchObject({ status: 'completed', outcome: 'approve', by: 'alice' });
  });

  it('happen once where their commit has no answer, or the worker is lost before it', async () => {
    const { id } = await start('Chain');
    let lost = 0;
    // Every statement that writes a step is carried out or not, and never answered, twice.
    await stopWorkers();
    await startLossyWorker(() => (lost += 1));
    harness.moveTime(1.5 * hour);
    await untilActivity(id, ['created', 'reminded']);
    harness.moveTime(hour);
    await untilActivity(id, ['created', 'reminded', 'escalated']);
    const kinds = (await harness.history(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'task_reminded')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'task_escalated')).toHaveLength(1);
    expect(lost).toBeGreaterThan(0);
  });
});

describe('four eyes', () => {
  it('keep the requester from claiming, completing and being assigned, administrators included', async () => {
    const { taskId } = await start('FourEyes');
    const alice = { tenant, userId: 'alice', roles: ['manager', 'administrator'], taskId };
    await expect(claimTask(deps(), alice)).rejects.toMatchObject({ name: 'TaskForbiddenError' });
    const answer = { ...alice, outcome: 'approve', data: {} };
    await expect(completeTask(deps(), answer)).rejects.toMatchObject({ name: 'TaskForbiddenError' });
    const assignment = { tenant, userId: 'omar', roles: ['administrator'], taskId, to: 'alice' };
    await expect(assignTask(deps(), assignment)).rejects.toMatchObject({ name: 'InvalidInputError' });
    const result = await completeTask(deps(), { ...answer, userId: 'mia', roles: ['manager'] });
    expect(result.status).toBe('completed');
  });
});

/** All partitions move to a worker whose statements with steps of tasks first fail, then succeed unheard. */
async function startLossyWorker(onLoss: () => void) {
  let troubles = 0;
  return startWorker({
    wrapStore: (store) => ({
      ...store,
      flush: async (batch) => {
        const hasSteps = batch.executions.some(({ tasksChanged }) => tasksChanged.length > 0);
        if (!hasSteps || troubles >= 4) return store.flush(batch);
        troubles += 1;
        onLoss();
        if (troubles % 2 === 0) await store.flush(batch);
        throw new Error('The connection is gone.');
      },
    }),
  });
}
