/** A hint that is told before the commit wakes an owner that finds nothing, and nobody wakes it again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelExecution } from '../../core/decideExecution';
import { enqueueEvent } from '../../core/enqueueEvent';
import { submitEvent } from '../../core/submitEvent';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../harness';

const tenant = 'acme';
let harness: Harness;
let executionId: string;
/** Rows of the execution that another session saw at the moment of each hint. */
const seen: number[] = [];

async function rowsOf(id: string): Promise<number> {
  const [row] = await harness.sql<{ rows: number }[]>`
    SELECT count(*)::int AS rows FROM workflow_events WHERE execution_id = ${id}`;
  return row?.rows ?? 0;
}

async function reviewWorkflow({ actions, events }: WorkflowContext): Promise<void> {
  await actions.createHumanTask({ taskType: 'review', title: 'Review', contextData: {} });
  await events.waitFor('PAID', { match: { invoice: '1' } });
}

/** An execution that waits for an event and has an open task; nobody is there to take what it is sent. */
beforeAll(async () => {
  harness = await createHarness({
    hints: {
      publish: async ({ hints }) => {
        for (const hint of hints) if (hint.executionId === executionId) seen.push(await rowsOf(executionId));
      },
      close: () => Promise.resolve(),
    },
  });
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    {
      forms: [{ name: 'review-form', jsonSchema: { type: 'object', properties: {} }, uiSchema: {} }],
      taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
    },
  );
  harness.runtime.registerWorkflow(reviewWorkflow);
  const { worker } = await harness.startWorker();
  executionId = await harness.runtime.startWorkflow('Review', { tenant });
  await harness.untilStatus(executionId, 'waiting');
  await until(async () => {
    const rows = await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${executionId}`;
    return rows.length > 0;
  }, 'it waits for the payment');
  await worker.stop();
});
afterAll(() => harness.close());

const senders = {
  'an event': () => enqueueEvent(harness.deps, { execution_id: executionId, event_name: 'Note', tenant }),
  'an event of the bus': () =>
    submitEvent(harness.deps, { tenant, userId: null, eventType: 'PAID', payload: { invoice: '1' } }),
  "a task's end": async () => {
    const [task] = await harness.sql<{ task_id: string }[]>`
      SELECT task_id FROM workflow_tasks WHERE execution_id = ${executionId}`;
    if (!task) throw new Error('The execution has no task.');
    const deps = { ...harness.deps, tasks: createTaskStore({ sql: harness.sql }) };
    const answer = { tenant, taskId: task.task_id, userId: 'mia', roles: ['manager'], outcome: null, data: {} };
    await completeTask(deps, answer);
  },
  'a decision': () => cancelExecution(harness.deps, { tenant, executionId }),
} as const satisfies Readonly<Record<string, () => Promise<unknown>>>;

describe('a hint', () => {
  it.each(Object.entries(senders))('of %s is published once the row in the inbox is committed', async (_, send) => {
    const before = await rowsOf(executionId);
    seen.length = 0;
    await send();
    const after = await rowsOf(executionId);
    expect(after).toBeGreaterThan(before);
    expect(seen).not.toEqual([]);
    expect(new Set(seen)).toEqual(new Set([after]));
  });
});
