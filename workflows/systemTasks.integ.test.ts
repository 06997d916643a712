/** The tasks for errors that ship with the product, made by workflows as authors write them, and run to the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectForm } from '@/lib/forms/projection';
import type { JsonObject } from '@/lib/forms/types';
import type { WorkflowContext } from '@shared/workflow/model/workflow';
import { createTaskDefinitionStore } from '@shared/workflow/persistence/tasks/taskDefinitions';
import { createTaskStore } from '@shared/workflow/persistence/tasks/taskStore';
import { completeTask } from '@shared/workflow/tasks/completeTask';
import { publishSystemDefinitions } from '@shared/workflow/tasks/publishDefinitions';
import { createHarness, until, type Harness } from '@shared/workflow/testing/harness';
import { systemForms, systemTaskDefinitions } from '.';

const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'] };

/** Sends a company to QuickBooks; where that fails, people see why, and it is sent again. */
async function syncCompanyWorkflow(context: WorkflowContext): Promise<void> {
  const { actions, data, events, setState, executionId } = context;
  const algaCompanyId = data.get<string>('companyId');
  setState('SYNCING');
  const synced = await actions.sendCompany({ companyId: algaCompanyId });
  if (synced.ok) return setState('SYNCED');
  const task = await actions.createHumanTask({
    taskType: 'qbo_sync_error',
    title: 'QuickBooks Sync Error',
    contextData: {
      workflowInstanceId: executionId,
      errorCode: 'QBO-123',
      errorMessageText: 'Customer not found in QBO.',
      entityType: 'Customer',
      entityId: algaCompanyId,
    },
  });
  setState('AWAITING_SYNC_FIX');
  const ended = await events.waitFor(task.completionEvent);
  const { output } = ended.payload as { output: { retryCheckbox?: boolean } };
  if (output.retryCheckbox !== true) return setState('GIVEN_UP');
  await actions.sendCompany({ companyId: algaCompanyId });
  setState('SYNCED');
}

async function mapProductWorkflow(context: WorkflowContext): Promise<void> {
  const { actions, events, setState } = context;
  const task = await actions.createHumanTask({
    taskType: 'qbo_mapping_error',
    contextData: {
      productName: 'Managed firewall',
      productId: 'prod-7',
      companyName: 'Nordwind Logistics',
      errorMessage: 'No QuickBooks item is mapped to this product.',
    },
  });
  const ended = await events.waitFor(task.completionEvent);
  const { output } = ended.payload as { output: { mappingAdded: string; quickbooksItem: string } };
  setState(`${output.mappingAdded} ${output.quickbooksItem}`);
}

async function processItemWithMappingWorkflow(context: WorkflowContext): Promise<void> {
  const { actions, data, events, logger, setState, executionId } = context;
  const itemId = data.get('itemIdToProcess');
  const MAX_ATTEMPTS = 3;
  let itemProcessed = false;
  let attempts = 0;
  setState('VALIDATING_ITEM_MAPPING');
  while (!itemProcessed && attempts < MAX_ATTEMPTS) {
    attempts++;
    try {
      const mappingDetails = await actions.getMappingForItem({ itemId });
      if (!mappingDetails || !mappingDetails.isValid) {
        throw new Error(`Mapping for item ${itemId} is missing or invalid.`);
      }
      itemProcessed = true;
      setState('ITEM_PROCESSING_COMPLETE');
    } catch (error) {
      const { message } = error as Error;
      logger.error(`Error processing item ${itemId} on attempt ${attempts}: ${message}`);
      setState(`AWAITING_MAPPING_RESOLUTION_FOR_ITEM_${itemId}_ATTEMPT_${attempts}`);
      const taskResult = await actions.createHumanTask({
        taskType: 'resolve_item_mapping_error',
        title: `Resolve Mapping for Item ${itemId} (Attempt ${attempts})`,
        contextData: {
          itemId: itemId,
          errorMessage: message,
          currentAttempt: attempts,
          maxAttempts: MAX_ATTEMPTS,
          workflowInstanceId: executionId,
        },
      });
      await events.waitFor(`ITEM_MAPPING_TASK_RESOLVED_${taskResult.taskId}`);
    }
  }
  if (itemProcessed) return;
  setState('ITEM_PROCESSING_FAILED_MAX_ATTEMPTS');
  await actions.createHumanTask({
    taskType: 'item_processing_escalation',
    title: `Escalation: Item ${itemId} processing failed after max attempts.`,
    contextData: { errorMessage: `Item ${itemId} has no mapping.` },
  });
}

let harness: Harness;
/** What `getMappingForItem` finds, one entry for each call. */
const mappings: unknown[] = [];
let sent = 0;

beforeAll(async () => {
  harness = await createHarness();
  const { sql, runtime, actions } = harness;
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    { forms: systemForms, taskDefinitions: systemTaskDefinitions },
  );
  actions.registerSimpleAction('sendCompany', 'Sends it', [], async () => ({ ok: (sent += 1) > 1 }));
  actions.registerSimpleAction('getMappingForItem', 'Looks up', [], async () => mappings.shift() ?? null);
  runtime.registerWorkflow(syncCompanyWorkflow);
  runtime.registerWorkflow(mapProductWorkflow);
  runtime.registerWorkflow(processItemWithMappingWorkflow);
  await harness.startWorker();
});
afterAll(() => harness.close());

const start = (name: string, initialData: Readonly<Record<string, string>>) =>
  harness.runtime.startWorkflow(name, { tenant: 'acme', initialData });

interface OpenTask {
  task_id: string;
  title: string;
  warnings: string[];
  json_schema: JsonObject;
  ui_schema: JsonObject;
  context_data: JsonObject;
}

async function openTask(executionId: string): Promise<OpenTask> {
  const open = () => harness.sql<OpenTask[]>`
    SELECT t.task_id, t.title, t.warnings, t.context_data, f.json_schema, f.ui_schema
    FROM workflow_tasks t JOIN system_workflow_form_definitions f ON f.form_id = t.form_id AND f.version = t.form_version
    WHERE t.execution_id = ${executionId} AND t.status = 'pending'`;
  await until(async () => (await open()).length === 1, 'the task is open');
  const [task] = await open();
  if (!task) throw new Error('No task.');
  return task;
}

/** What its page shows: the pinned form, filled from the pinned context data. */
const shown = (task: OpenTask) =>
  projectForm({ jsonSchema: task.json_schema, uiSchema: task.ui_schema }, task.context_data).formData;

const complete = (taskId: string, data: JsonObject) =>
  completeTask(
    { tasks: createTaskStore({ sql: harness.sql }), ...harness.deps },
    { ...omar, taskId, outcome: 'resolved', data },
  );

async function endOf(executionId: string) {
  await harness.untilStatus(executionId, 'completed');
  const [row] = await harness.sql`SELECT state FROM workflow_executions WHERE execution_id = ${executionId}`;
  return row?.state as string;
}

const outputOf = async (taskId: string) =>
  (await harness.sql`SELECT output FROM workflow_tasks WHERE task_id = ${taskId}`)[0]?.output as JsonObject;

describe('the task qbo_sync_error', () => {
  it('reports the error in read-only text, and the workflow goes on with what the person decided', async () => {
    const executionId = await start('SyncCompany', { companyId: 'company-42' });
    const task = await openTask(executionId);
    const errorReport = `Workflow Instance ID: ${executionId}\nError Code: QBO-123\nMessage: Customer not found in QBO.\nEntity: Customer (ID: company-42)`;
    expect(task).toMatchObject({ title: 'QuickBooks Sync Error', warnings: [] });
    expect(shown(task)).toEqual({ errorReport });
    await complete(task.task_id, { errorReport: 'forged', retryCheckbox: true, resolutionNotes: 'Customer added.' });
    expect(await endOf(executionId)).toBe('SYNCED');
    expect(await outputOf(task.task_id)).toEqual({
      errorReport,
      retryCheckbox: true,
      resolutionNotes: 'Customer added.',
    });
  });
});

describe('the task qbo_mapping_error', () => {
  it('shows productDetails made of several values', async () => {
    const executionId = await start('MapProduct', {});
    const task = await openTask(executionId);
    expect(task.warnings).toEqual([]);
    expect(shown(task)).toEqual({
      productDetails:
        'Product: Managed firewall (ID: prod-7)\nCompany: Nordwind Logistics\nMessage: No QuickBooks item is mapped to this product.',
    });
    await expect(complete(task.task_id, {})).rejects.toMatchObject({ code: 'validation_failed' });
    const unnamed = complete(task.task_id, { mappingAdded: 'added' });
    await expect(unnamed).rejects.toMatchObject({
      fieldErrors: [{ message: 'QuickBooks item is required. Name the item that this product is booked on.' }],
    });
    await complete(task.task_id, { mappingAdded: 'added', quickbooksItem: '4711 Firewalls' });
    expect(await endOf(executionId)).toBe('added 4711 Firewalls');
  });
});

describe('the task resolve_item_mapping_error', () => {
  it('resumes the workflow that waits for ITEM_MAPPING_TASK_RESOLVED_<taskId>, until the mapping is there', async () => {
    mappings.splice(0, mappings.length, null, { isValid: false }, { isValid: true });
    const executionId = await start('ProcessItemWithMapping', { itemIdToProcess: 'item-7' });
    for (const attempt of [1, 2]) {
      const task = await openTask(executionId);
      expect(task.title).toBe(`Resolve Mapping for Item item-7 (Attempt ${attempt})`);
      expect(task.warnings).toEqual([]);
      expect(shown(task)).toEqual({
        errorReport: `Item: item-7\nMessage: Mapping for item item-7 is missing or invalid.\nAttempt: ${attempt} of 3\nWorkflow Instance ID: ${executionId}`,
      });
      await complete(task.task_id, {});
    }
    expect(await endOf(executionId)).toBe('ITEM_PROCESSING_COMPLETE');
  });
});
