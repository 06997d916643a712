/**
 * The public calls in the shapes that authors write them, type-checked under `strict` and run on Postgres: registering,
 * starting, sending events, the ways to use the context, actions inside and outside of workflows.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createActionExecutor } from '@shared/workflow/core/actionExecutor';
import { connectActions, getActionRegistry, TransactionIsolationLevel } from '@shared/workflow/core/actionRegistry';
import { systemClock } from '@shared/workflow/core/actions/runHandler';
import { forgetEngine, provideEngine } from '@shared/workflow/core/ambient';
import { submitEvent } from '@shared/workflow/core/submitEvent';
import { submitWorkflowEventAction } from '@shared/workflow/core/submitWorkflowEventAction';
import { getWorkflowRuntime } from '@shared/workflow/core/workflowRuntime';
import type { WorkflowContext } from '@shared/workflow/model/workflow';
import { createActionKeyStore } from '@shared/workflow/persistence/actions/actionKeys';
import { createTaskDefinitionStore } from '@shared/workflow/persistence/tasks/taskDefinitions';
import { createTaskStore } from '@shared/workflow/persistence/tasks/taskStore';
import { completeTask } from '@shared/workflow/tasks/completeTask';
import { publishSystemDefinitions } from '@shared/workflow/tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../harness';

let harness: Harness;

interface Invoice {
  id: string;
  amount: number;
  status: string;
}
interface Order {
  items: { sku: string }[];
}

async function invoiceApprovalWorkflow(context: WorkflowContext) {
  const { actions, data, events, logger, setState } = context;
  setState('draft');
  data.set('invoice', { id: 'inv-123', amount: 500, status: 'draft' });
  const submitEvent = await events.waitFor('Submit');
  logger.info(`Submitted by ${submitEvent.user_id}`);
  await actions.sendNotification({ recipient: 'manager', message: 'An invoice waits for you' });
  setState('submitted');
  const decisionEvent = await events.waitFor(['Approve', 'Reject']);
  if (decisionEvent.name === 'Approve') {
    await actions.updateInvoiceStatus({ status: 'approved' });
    setState('approved');
  } else {
    await actions.updateInvoiceStatus({ status: 'rejected' });
    setState('rejected');
  }
}

async function approvalWorkflow(context: WorkflowContext): Promise<void> {
  const { actions, events, logger } = context;
  context.setState('processing');
  const { triggerEvent } = context.input;
  logger.info(`From ${triggerEvent.user_id}`);
  await actions.log_event({ message: 'Submitted for approval' });
  context.setState('submitted');
  const decision = await events.waitFor(['Approve', 'Reject']);
  if (decision.name === 'Approve') {
    await actions.log_event({ message: 'Approved' });
    context.setState('approved');
  } else {
    await actions.log_event({ message: 'Rejected' });
    context.setState('rejected');
  }
}

async function controlFlowWorkflow(context: WorkflowContext): Promise<string[]> {
  const { actions, data, events, logger } = context;
  const trail: string[] = [];
  if (data.get<Invoice>('invoice').amount > 1000) trail.push(await actions.requireAdditionalApproval());
  const event = await events.waitFor('StatusChanged');
  switch (event.payload.status) {
    case 'approved':
      trail.push(await actions.processApproval());
      break;
    case 'rejected':
      trail.push(await actions.processRejection());
      break;
    default:
      throw new Error('Unknown status');
  }
  for (const item of data.get<Order>('order').items) trail.push(await actions.processItem(item));
  const checks = await Promise.all([actions.validateInvoice(), actions.checkBudget(), actions.verifyApprover()]);
  trail.push(...checks);
  try {
    await actions.riskyOperation();
  } catch (error) {
    logger.error('The operation failed', error);
    trail.push(await actions.handleFailure());
  }
  return trail;
}

async function processItemWithMappingWorkflow(context: WorkflowContext): Promise<void> {
  const { actions, data, events, logger, setState, executionId } = context;
  const itemId = data.get('itemIdToProcess');
  const MAX_ATTEMPTS = 3;
  let processed = false;
  let attempts = 0;
  setState('VALIDATING');
  while (!processed && attempts < MAX_ATTEMPTS) {
    attempts++;
    try {
      const mappingDetails = await actions.getMappingForItem({ itemId });
      if (!mappingDetails || !mappingDetails.isValid) throw new Error(`No valid mapping for ${itemId}.`);
      await actions.processItemUsingMapping({ itemId, mappingDetails });
      processed = true;
      setState('COMPLETE');
    } catch (error: any) {
      logger.error(`Attempt ${attempts} for ${itemId}: ${error.message}`);
      setState(`AWAITING_RESOLUTION_${itemId}_${attempts}`);
      const taskResult = await actions.createHumanTask({
        taskType: 'resolve_item_mapping_error',
        title: `Resolve the mapping of ${itemId} (${attempts})`,
        contextData: {
          itemId: itemId,
          errorMessage: error.message,
          currentAttempt: attempts,
          maxAttempts: MAX_ATTEMPTS,
          workflowInstanceId: executionId,
        },
      });
      if (!taskResult || !taskResult.taskId) {
        setState('TASK_CREATION_FAILED');
        return;
      }
      await events.waitFor(`ITEM_MAPPING_TASK_RESOLVED_${taskResult.taskId}`);
    }
  }
  if (!processed) {
    setState('FAILED_MAX_ATTEMPTS');
    await actions.createHumanTask({ taskType: 'item_processing_escalation', contextData: { itemId, attempts } });
  }
}

const registry = getActionRegistry();
let mappings = 0;

beforeAll(async () => {
  harness = await createHarness();
  provideEngine(harness.deps);
  connectActions({
    keys: createActionKeyStore({ sql: harness.sql }),
    logger: harness.deps.logger,
    clock: systemClock,
  });
  for (const name of [
    'requireAdditionalApproval',
    'processApproval',
    'processRejection',
    'validateInvoice',
    'checkBudget',
    'verifyApprover',
    'handleFailure',
  ]) {
    registry.registerSimpleAction(name, name, [], async () => name);
  }
  registry.registerSimpleAction(
    'ProcessItem',
    'One item',
    [{ name: 'sku', type: 'string', required: true }],
    async (params) => {
      return params.sku;
    },
  );
  registry.registerSimpleAction('riskyOperation', 'Fails', [], async () => {
    throw new Error('no');
  });
  registry.registerSimpleAction(
    'get_mapping_for_item',
    'Looks up',
    [{ name: 'itemId', type: 'string', required: true }],
    async () => {
      mappings += 1;
      return mappings < 3 ? null : { isValid: true };
    },
  );
  registry.registerSimpleAction(
    'processItemUsingMapping',
    'Uses it',
    [
      { name: 'itemId', type: 'string', required: true },
      { name: 'mappingDetails', type: 'object', required: true },
    ],
    async () => ({ processed: true }),
  );
  registry.registerDatabaseAction(
    'UpdateInvoiceStatus',
    'Update the status of an invoice',
    [
      { name: 'invoiceId', type: 'string', required: false, defaultValue: 'inv-123' },
      { name: 'status', type: 'string', required: true },
    ],
    TransactionIsolationLevel.REPEATABLE_READ,
    async (params, context) => {
      const result = await context
        .transaction('invoices')
        .where('id', params.invoiceId)
        .update({ status: params.status });
      return { updated: result === 1 };
    },
  );
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    {
      forms: [
        {
          name: 'resolution-form',
          jsonSchema: { type: 'object', properties: { notes: { type: 'string' } } },
          uiSchema: {},
        },
      ],
      taskDefinitions: ['resolve_item_mapping_error', 'item_processing_escalation'].map((taskType) => {
        return { taskType, name: taskType, formName: 'resolution-form', defaultRoles: ['manager'] };
      }),
    },
  );
  await harness.sql`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
    VALUES ('inv-123', 'acme', 1, 'Nordwind', 50000, 'submitted', 'alice')`;
  const runtime = getWorkflowRuntime(registry);
  runtime.registerWorkflow(invoiceApprovalWorkflow);
  runtime.registerWorkflow(approvalWorkflow);
  runtime.registerWorkflow(controlFlowWorkflow);
  runtime.registerWorkflow(processItemWithMappingWorkflow);
  await harness.startWorker({ runtime });
});
afterAll(async () => {
  forgetEngine();
  await harness.close();
});

const runtime = getWorkflowRuntime();
const stateOf = async (executionId: string) =>
  (await harness.sql`SELECT state FROM workflow_executions WHERE execution_id = ${executionId}`)[0]?.state as string;

describe('a workflow registered as a bare function', () => {
  it('is started by its name without the suffix and runs to its end', async () => {
    const executionId = await runtime.startWorkflow('InvoiceApproval', {
      tenant: 'acme',
      initialData: { invoice: { id: 'inv-123', amount: 500, status: 'draft' } },
    });
    await runtime.enqueueEvent({
      execution_id: executionId,
      event_name: 'Submit',
      payload: { submittedBy: 'user-456' },
      user_id: 'user-456',
      tenant: 'acme',
    });
    await runtime.enqueueEvent({
      execution_id: executionId,
      event_name: 'Approve',
      payload: {},
      user_id: 'user-789',
      tenant: 'acme',
    });
    await harness.untilStatus(executionId, 'completed');
    expect(await stateOf(executionId)).toBe('approved');
    const [invoice] = await harness.sql`SELECT status FROM invoices WHERE id = 'inv-123'`;
    expect(invoice?.status).toBe('approved');
  });

  it('uses branches, loops, parallel actions and caught errors like any TypeScript', async () => {
    const executionId = await runtime.startWorkflow('ControlFlow', {
      tenant: 'acme',
      initialData: { invoice: { amount: 2000 }, order: { items: [{ sku: 'a' }, { sku: 'b' }] } },
    });
    await runtime.enqueueEvent({
      execution_id: executionId,
      event_name: 'StatusChanged',
      payload: { status: 'approved' },
      user_id: 'u',
      tenant: 'acme',
    });
    await harness.untilStatus(executionId, 'completed');
    const [row] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(row?.result).toEqual([
      'requireAdditionalApproval',
      'processApproval',
      'a',
      'b',
      'validateInvoice',
      'checkBudget',
      'verifyApprover',
      'handleFailure',
    ]);
  });

  it('lets people fix what failed and tries again', async () => {
    const executionId = await runtime.startWorkflow('ProcessItemWithMapping', {
      tenant: 'acme',
      initialData: { itemIdToProcess: 'item-7' },
    });
    for (const round of [1, 2]) {
      await until(async () => (await openTasks(executionId)).length === 1, `task ${round} is open`);
      const [task] = await openTasks(executionId);
      expect(task?.title).toBe(`Resolve the mapping of item-7 (${round})`);
      await completeTask(
        { tasks: createTaskStore({ sql: harness.sql }), ...harness.deps },
        {
          tenant: 'acme',
          userId: 'mia',
          roles: ['manager'],
          taskId: task?.task_id ?? '',
          outcome: null,
          data: { notes: 'x' },
        },
      );
    }
    await harness.untilStatus(executionId, 'completed');
    expect(await stateOf(executionId)).toBe('COMPLETE');
  });
});

const openTasks = (executionId: string) =>
  harness.sql<{ task_id: string; title: string }[]>`
    SELECT task_id, title FROM workflow_tasks WHERE execution_id = ${executionId} AND status = 'pending'`;

describe('events', () => {
  it('start attached workflows with the event as their input', async () => {
    const [registration] =
      await harness.sql`SELECT registration_id FROM workflow_registrations WHERE name = 'Approval'`;
    await harness.sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      VALUES (gen_random_uuid(), 'acme', 'ITEM_SUBMITTED', ${registration?.registration_id as string})`;
    const submitted = await submitEvent(harness.deps, {
      tenant: 'acme',
      userId: 'user-1',
      eventType: 'ITEM_SUBMITTED',
    });
    expect(submitted.executionIds).toHaveLength(1);
    const [executionId = ''] = submitted.executionIds;
    await runtime.enqueueEvent({ execution_id: executionId, event_name: 'Reject', user_id: 'u', tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    expect(await stateOf(executionId)).toBe('rejected');
    const [log] = await harness.sql`
      SELECT payload FROM workflow_events WHERE execution_id = ${executionId} AND kind = 'log_written'`;
    expect(log?.payload).toMatchObject({ message: 'From user-1' });
  });

  it('are stored and start nothing where no workflow is attached', async () => {
    const submitted = await submitEvent(harness.deps, { tenant: 'globex', userId: 'gus', eventType: 'ITEM_SUBMITTED' });
    expect(submitted.executionIds).toEqual([]);
    const stored = await harness.sql`SELECT tenant_id FROM workflow_bus_events WHERE event_id = ${submitted.eventId}`;
    expect(stored).toMatchObject([{ tenant_id: 'globex' }]);
  });

  it('of a repeated submit with the same key are the first one', async () => {
    const input = { tenant: 'acme', userId: 'u', eventType: 'ITEM_SUBMITTED', idempotencyKey: 'once' };
    const first = await submitEvent(harness.deps, input);
    expect(await submitEvent(harness.deps, input)).toEqual(first);
  });

  it('for an execution that nobody knows are refused by name', async () => {
    await expect(
      runtime.enqueueEvent({
        execution_id: 'wf-123',
        event_name: 'Approve',
        payload: {},
        user_id: 'u',
        tenant: 'acme',
      }),
    ).rejects.toMatchObject({ name: 'ExecutionNotFoundError' });
  });

  it('submitted by the action need a session, whose tenant and user they get', async () => {
    const submission = { event_type: 'INVOICE_APPROVED', payload: { invoiceId: 'inv-123', approvedBy: 'user-789' } };
    await expect(submitWorkflowEventAction(submission)).rejects.toThrow('submitEvent({ tenant, userId, ... })');
    const currentSession = vi.fn(() => Promise.resolve({ tenant: 'globex', userId: 'gus' }));
    provideEngine({ ...harness.deps, currentSession });
    const { eventId } = await submitWorkflowEventAction(submission);
    provideEngine(harness.deps);
    const [event] =
      await harness.sql`SELECT tenant_id, user_id, event_name FROM workflow_bus_events WHERE event_id = ${eventId}`;
    expect(event).toMatchObject({ tenant_id: 'globex', user_id: 'gus', event_name: 'INVOICE_APPROVED' });
  });
});

describe('actions outside of workflows', () => {
  it('run once per idempotency key, with defaults, for ids that are any text', async () => {
    const sent = vi.fn();
    registry.registerSimpleAction(
      'SendInvoiceEmail',
      'Send an email with invoice details',
      [
        { name: 'recipient', type: 'string', required: true },
        { name: 'invoiceId', type: 'string', required: true },
        { name: 'template', type: 'string', required: false, defaultValue: 'default' },
      ],
      async (params) => {
        sent(params);
        return { sent: true, timestamp: new Date().toISOString() };
      },
    );
    const call = {
      tenant: 'acme',
      executionId: 'wf-123',
      eventId: 'evt-456',
      idempotencyKey: 'send-invoice-email-789',
      parameters: { recipient: 'customer@example.com', invoiceId: 'inv-123' },
    };
    const result = await registry.executeAction('SendInvoiceEmail', call);
    expect(await registry.executeAction('send_invoice_email', call)).toEqual(result);
    expect(sent).toHaveBeenCalledTimes(1);
    expect(sent).toHaveBeenCalledWith(expect.objectContaining({ template: 'default' }));
  });

  it('run as a group in the order of their dependencies', async () => {
    const actionExecutor = createActionExecutor();
    const event = {
      name: 'X',
      type: 'X',
      payload: {},
      user_id: null,
      event_id: 'e',
      timestamp: new Date().toISOString(),
    };
    const results = await actionExecutor.executeActions(
      [
        { id: 'second', actionName: 'checkBudget', dependsOn: ['first'] },
        { id: 'first', actionName: 'validateInvoice' },
      ],
      event,
      'acme',
    );
    expect(results.map((result) => (result.success ? [result.actionName, result.result] : result.error))).toEqual([
      ['checkBudget', 'checkBudget'],
      ['validateInvoice', 'validateInvoice'],
    ]);
  });
});
