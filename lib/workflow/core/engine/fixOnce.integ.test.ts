import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../../testing/harness';
import { attemptWithHelp } from '../attemptWithHelp';

let harness: Harness;
const tenant = 'acme';
/** What people put right: items that the other system knows. */
const mapped = new Set<string>();

async function invoiceSyncWorkflow(context: WorkflowContext) {
  const itemId = context.data.get<string>('itemId');
  return attemptWithHelp(context, {
    attempt: async () => (await context.actions.syncInvoice({ itemId })) as string,
    task: ({ error }) => ({
      taskType: 'mapping',
      fingerprint: `no mapping for ${itemId}`,
      contextData: { errorMessage: error.message },
    }),
  });
}

beforeAll(async () => {
  harness = await createHarness();
  const jsonSchema = { type: 'object', properties: {}, 'x-outcomes': [{ value: 'resolved' }] };
  const taskDefinitions = [{ taskType: 'mapping', name: 'Mapping', formName: 'mapping', defaultRoles: ['clerk'] }];
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    { forms: [{ name: 'mapping', jsonSchema, uiSchema: {} }], taskDefinitions },
  );
  harness.actions.registerSimpleAction(
    'syncInvoice',
    'Syncs',
    [{ name: 'itemId', type: 'string', required: true }],
    async ({ itemId }) => {
      if (mapped.has(itemId)) return 'synced';
      throw Object.assign(new Error(`No mapping for ${itemId}`), { retryable: false });
    },
  );
  harness.runtime.registerWorkflow(invoiceSyncWorkflow);
  await harness.startWorker();
});
afterAll(() => harness.close());

it('one mapping that a person adds lets every execution that failed over it go on, and no other', async () => {
  const start = async (itemId: string) => {
    const id = await harness.runtime.startWorkflow('InvoiceSync', { tenant, initialData: { itemId } });
    return id;
  };
  const same = await Promise.all(Array.from({ length: 12 }, () => start('4711')));
  const other = await start('4712');
  const openTasks = () => harness.sql<{ task_id: string; execution_id: string; fingerprint: string }[]>`
    SELECT task_id, execution_id, fingerprint FROM workflow_tasks WHERE status = 'pending'`;
  await until(async () => (await openTasks()).length === 13, 'a task for each execution');
  const tasks = await openTasks();
  const [first] = tasks.filter(({ execution_id }) => execution_id !== other);
  if (!first) return;

  mapped.add('4711');
  const deps = { ...harness.deps, tasks: createTaskStore({ sql: harness.sql }) };
  const request = { tenant, userId: 'cleo', roles: ['clerk'], taskId: first.task_id, outcome: 'resolved', data: {} };
  expect((await completeTask(deps, request)).also).toHaveLength(11);

  for (const id of same) {
    expect(await harness.untilStatus(id, 'completed')).toBe('completed');
    const entries = (await harness.history(id)).filter(({ kind }) => kind === 'task_ended');
    const own = tasks.find(({ execution_id }) => execution_id === id);
    expect(entries.map(({ name }) => name)).toEqual([`Task:${own?.task_id}:Complete`]);
  }
  expect((await openTasks()).map(({ execution_id }) => execution_id)).toEqual([other]);
});
