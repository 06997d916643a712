import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../../model/workflow';
import { createHarness, type Harness } from '../../../testing/harness';

let harness: Harness;

async function announcingWorkflow({ actions, events }: WorkflowContext): Promise<unknown> {
  await events.emit('INVOICE_SETTLED', { amount: 5 });
  const emitted: unknown = await actions.emit_event({ name: 'Settled', type: 'INVOICE_SETTLED', subject: 'INV-1' });
  const logged: unknown = await actions.log_event({ message: 'Settled', data: { amount: 5 } });
  const notified: unknown = await actions.sendNotification({ recipient: 'manager', message: 'Settled' });
  return { emitted, logged, notified };
}

beforeAll(async () => {
  harness = await createHarness();
  harness.runtime.registerWorkflow(announcingWorkflow);
  await harness.startWorker();
});
afterAll(() => harness.close());

async function helloWorkflow({ data }: WorkflowContext): Promise<unknown> {
  return data.get('name');
}
async function holdingWorkflow({ events }: WorkflowContext): Promise<void> {
  await events.waitFor('Release');
}
async function startingWorkflow({ actions }: WorkflowContext): Promise<unknown> {
  const own: unknown = await actions.start_workflow({ workflow: 'Hello', initialData: { name: 'ada' } });
  const keyed: unknown = await actions.startWorkflow({ workflow: 'Holding', workflowKey: 'one', subject: 'INV-1' });
  const again: unknown = await actions.startWorkflow({ workflow: 'Holding', workflowKey: 'one' });
  return { own, keyed, again };
}

describe('built-in actions', () => {
  it('start executions: one for each call, or one for each key', async () => {
    harness.runtime.registerWorkflow(helloWorkflow);
    harness.runtime.registerWorkflow(holdingWorkflow);
    harness.runtime.registerWorkflow(startingWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Starting', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    const [row] = await harness.sql<{ result: Record<string, { executionId: string }> }[]>`
      SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
    const { own, keyed, again } = row?.result ?? {};
    expect(keyed).toEqual(again);
    await harness.untilStatus(own?.executionId ?? '', 'completed');
    const started = await harness.sql`
      SELECT workflow_name, workflow_key, tenant_id, subject FROM workflow_executions
      WHERE workflow_name IN ('Hello', 'Holding') ORDER BY workflow_name`;
    expect(started).toEqual([
      { workflow_name: 'Hello', workflow_key: null, tenant_id: 'acme', subject: null },
      { workflow_name: 'Holding', workflow_key: 'one', tenant_id: 'acme', subject: 'INV-1' },
    ]);
    await harness.runtime.enqueueEvent({
      execution_id: keyed?.executionId ?? '',
      event_name: 'Release',
      tenant: 'acme',
    });
    await harness.untilStatus(keyed?.executionId ?? '', 'completed');
  });

  it.each([{ workflowKey: 'two' }, {}])('start once, also when what was started has ended: %o', async (key) => {
    harness.runtime.registerWorkflow(helloWorkflow);
    await harness.runtime.publish();
    const start = { tenant: 'acme', idempotencyKey: `attempt ${JSON.stringify(key)}`, ...key };
    const executionId = await harness.runtime.startWorkflow('Hello', start);
    await harness.untilStatus(executionId, 'completed');
    expect(await harness.runtime.startWorkflow('Hello', start)).toBe(executionId);
    const other = { ...start, idempotencyKey: `another ${JSON.stringify(key)}` };
    expect(await harness.runtime.startWorkflow('Hello', other)).not.toBe(executionId);
  });

  it('submit events, write log lines and notifications from a workflow', async () => {
    const executionId = await harness.runtime.startWorkflow('Announcing', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    const events = await harness.sql`
      SELECT event_type, event_name, tenant_id, payload, subject, idempotency_key
      FROM workflow_bus_events ORDER BY created_at, event_id`;
    expect(events).toEqual([
      {
        event_type: 'INVOICE_SETTLED',
        event_name: 'INVOICE_SETTLED',
        tenant_id: 'acme',
        payload: { amount: 5 },
        subject: null,
        idempotency_key: `${executionId}:emitEvent#1`,
      },
      {
        event_type: 'INVOICE_SETTLED',
        event_name: 'Settled',
        tenant_id: 'acme',
        payload: {},
        subject: 'INV-1',
        idempotency_key: `${executionId}:emitEvent#2`,
      },
    ]);
    const [execution] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(execution?.result).toEqual({
      emitted: { eventId: expect.any(String) as string, executionIds: [] },
      logged: { logged: true },
      notified: { sent: true, channel: 'log', notificationId: `${executionId}:sendNotification#1` },
    });
  });
});
