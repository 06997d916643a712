import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, until, type Harness } from '../../testing/harness';
import type { WorkflowContext } from '../../model/workflow';
import { TransactionIsolationLevel } from '../actionRegistry';

let harness: Harness;
const ran: string[] = [];

async function approvalWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, data, events, logger, setState } = context;
  setState('draft');
  data.set('note', { text: 'first' });
  const submitted = await events.waitFor('Submit');
  logger.info(`Submitted by ${submitted.user_id ?? 'nobody'}`);
  await actions.record({ what: `submitted ${context.executionId}` });
  setState('submitted');
  const decision = await events.waitFor(['Approve', 'Reject']);
  await actions.record({ what: `${decision.name} ${context.executionId}` });
  setState(decision.name === 'Approve' ? 'approved' : 'rejected');
  return decision.name;
}

async function pipelineWorkflow({ actions }: WorkflowContext): Promise<number> {
  let sum = 0;
  for (let i = 1; i <= 5; i += 1) sum += ((await actions.double({ value: i })) as { value: number }).value;
  return sum;
}

async function timeoutWorkflow({ events, setState }: WorkflowContext): Promise<string> {
  setState('waiting');
  const event = await events.waitFor('Never', { timeout: '3 days' });
  return event === null ? 'timed out' : 'got it';
}

async function failingWorkflow({ actions }: WorkflowContext): Promise<string> {
  try {
    await actions.explode({});
  } catch (error) {
    return `caught ${error instanceof Error ? error.message : ''}`;
  }
  return 'not reached';
}

async function foreignWorkflow(): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  await readFile('/proc/self/status', 'utf8');
  await new Promise(() => undefined);
}

async function unstorableWorkflow({ setState }: WorkflowContext): Promise<void> {
  setState('a\u0000b');
  await Promise.resolve();
}

beforeAll(async () => {
  harness = await createHarness();
  const { actions, runtime } = harness;
  actions.registerSimpleAction('record', 'Notes that it ran', [{ name: 'what', type: 'string' }], ({ what }) => {
    ran.push(String(what));
    return {};
  });
  actions.registerSimpleAction(
    'double',
    'Doubles',
    [{ name: 'value', type: 'number', required: true }],
    ({ value }) => ({
      value: value * 2,
    }),
  );
  actions.registerSimpleAction('explode', 'Fails', [], () => {
    throw new Error('boom');
  });
  actions.registerDatabaseAction(
    'countInvoices',
    'Counts',
    [],
    TransactionIsolationLevel.READ_COMMITTED,
    async (_, context) => ({ rows: await context.transaction('invoices').select('id') }),
  );
  for (const workflow of [
    approvalWorkflow,
    pipelineWorkflow,
    timeoutWorkflow,
    failingWorkflow,
    foreignWorkflow,
    unstorableWorkflow,
  ]) {
    runtime.registerWorkflow(workflow);
  }
  await harness.startWorker();
});
afterAll(() => harness.close());

const tenant = 'acme';

describe('engine on Postgres', () => {
  it('runs a pipeline of actions to its end with a dense log', async () => {
    const id = await harness.runtime.startWorkflow('Pipeline', { tenant });
    expect(await harness.untilStatus(id, 'completed', 'failed', 'blocked_on_code')).toBe('completed');
    const history = await harness.history(id);
    expect(history.map((entry) => entry.seq)).toEqual(history.map((_, index) => index + 1));
    expect(history.map((entry) => entry.kind)).toEqual([
      'execution_started',
      ...Array.from({ length: 5 }, () => 'action_completed'),
      'execution_completed',
    ]);
    const [row] = await harness.sql`SELECT result, status FROM workflow_executions WHERE execution_id = ${id}`;
    expect(row?.result).toBe(30);
  });

  it('waits for events, in order, and goes on', async () => {
    const id = await harness.runtime.startWorkflow('Approval', { tenant });
    await harness.untilStatus(id, 'waiting');
    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Submit', user_id: 'u1', tenant });
    await until(() => ran.includes(`submitted ${id}`), 'the submission is recorded');
    await harness.untilStatus(id, 'waiting');
    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Approve', user_id: 'u2', tenant });
    await harness.untilStatus(id, 'completed');
    const [row] = await harness.sql`SELECT state FROM workflow_executions WHERE execution_id = ${id}`;
    expect(row?.state).toBe('approved');
    expect(ran.filter((what) => what.endsWith(id))).toEqual([`submitted ${id}`, `Approve ${id}`]);
    const waits = await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${id}`;
    expect(waits).toHaveLength(0);
  });

  it('keeps events that come before the workflow waits for them', async () => {
    const id = await harness.runtime.startWorkflow('Approval', { tenant });
    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Reject', tenant });
    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Submit', tenant });
    await harness.untilStatus(id, 'completed');
    expect(ran).toContain(`Reject ${id}`);
  });

  it('fires a timeout after three days, not before', async () => {
    const id = await harness.runtime.startWorkflow('Timeout', { tenant });
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(2.9 * 86_400_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(0.2 * 86_400_000);
    await harness.untilStatus(id, 'completed');
    const [row] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${id}`;
    expect(row?.result).toBe('timed out');
  });

  it('gives a failed action to the code as an error', async () => {
    const id = await harness.runtime.startWorkflow('Failing', { tenant });
    await harness.untilStatus(id, 'completed');
    const [row] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${id}`;
    expect(row?.result).toBe('caught boom');
  });

  it('blocks a workflow that awaits something foreign, and says so', async () => {
    const id = await harness.runtime.startWorkflow('Foreign', { tenant });
    await harness.untilStatus(id, 'blocked_on_code');
    const [row] = await harness.sql`SELECT error FROM workflow_executions WHERE execution_id = ${id}`;
    expect((row?.error as { code: string }).code).toBe('foreign_await');
  });

  it('blocks a workflow whose words the database refuses', async () => {
    const id = await harness.runtime.startWorkflow('Unstorable', { tenant });
    await harness.untilStatus(id, 'failed');
  });

  it('refuses events for executions that do not exist or have ended', async () => {
    const id = await harness.runtime.startWorkflow('Pipeline', { tenant });
    await harness.untilStatus(id, 'completed');
    await expect(
      harness.runtime.enqueueEvent({ execution_id: 'wf-123', event_name: 'Approve', tenant }),
    ).rejects.toMatchObject({ name: 'ExecutionNotFoundError' });
    await expect(
      harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Approve', tenant: 'globex' }),
    ).rejects.toMatchObject({ name: 'ExecutionNotFoundError' });
    await expect(
      harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Approve', tenant }),
    ).rejects.toMatchObject({ name: 'ExecutionEndedError' });
  });
});
