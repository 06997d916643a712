import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitEvent } from '@shared/workflow/core/submitEvent';
import type { JsonValue } from '@shared/workflow/model/json';
import { createTaskDefinitionStore } from '@shared/workflow/persistence/tasks/taskDefinitions';
import { createTaskStore } from '@shared/workflow/persistence/tasks/taskStore';
import { claimTask } from '@shared/workflow/tasks/claimTask';
import { declineTask } from '@shared/workflow/tasks/declineTask';
import { completeTask } from '@shared/workflow/tasks/completeTask';
import type { TaskDeps } from '@shared/workflow/tasks/deps';
import { publishSystemDefinitions } from '@shared/workflow/tasks/publishDefinitions';
import { createHarness, until, type Harness } from '@shared/workflow/testing/harness';
import { registerAll, systemForms, systemTaskDefinitions } from '.';

const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'] };
const omarTheManager = { ...omar, roles: ['manager'] };
/** A requester who is a manager too. */
const alice = { tenant: 'acme', userId: 'alice', roles: ['requester', 'manager'] };

let harness: Harness;
let deps: TaskDeps;
let lastNumber = 0;

beforeAll(async () => {
  harness = await createHarness();
  const { sql, runtime } = harness;
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES ('alice', 'alice@acme.test', 'Alice Chen', 'acme')`;
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    { forms: systemForms, taskDefinitions: systemTaskDefinitions },
  );
  registerAll({ workflows: runtime.workflows, actions: runtime.actions });
  await harness.startWorker();
  await sql`
    INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
    SELECT ${randomUUID()}, 'acme', 'INVOICE_SUBMITTED', registration_id
    FROM workflow_registrations WHERE name = 'InvoiceReview'`;
  deps = { ...harness.deps, tasks: createTaskStore({ sql }) };
});
afterAll(() => harness.close());

async function insertInvoice(amountCents: number, tenant = 'acme') {
  const invoiceId = randomUUID();
  const number = (lastNumber += 1);
  await harness.sql`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
    VALUES (${invoiceId}, ${tenant}, ${number}, 'Kiosk', ${amountCents}, 'submitted', 'alice')`;
  await harness.sql`
    INSERT INTO invoice_lines (tenant_id, invoice_id, position, description, quantity, unit_cents)
    VALUES (${tenant}, ${invoiceId}, 1, 'Film', 1, ${amountCents})`;
  return invoiceId;
}

/** Submits the event. It may say more of the invoice than which it is; nothing of that is to be believed. */
async function submitted(payload: { readonly invoiceId: string; readonly [claim: string]: JsonValue }) {
  const { executionIds } = await submitEvent(harness.deps, {
    tenant: 'acme',
    userId: 'alice',
    eventType: 'INVOICE_SUBMITTED',
    payload,
  });
  expect(executionIds).toHaveLength(1);
  return executionIds[0] ?? '';
}

async function submitInvoice(amountCents: number) {
  const invoiceId = await insertInvoice(amountCents);
  return { invoiceId, executionId: await submitted({ invoiceId, isUrgent: true }) };
}

interface TaskRow {
  task_id: string;
  title: string;
  priority: string;
  warnings: string[];
  context_data: unknown;
}

async function taskOf(executionId: string, taskType: string): Promise<TaskRow> {
  let task: TaskRow | undefined;
  await until(async () => {
    [task] = await harness.sql<TaskRow[]>`
      SELECT task_id, title, priority, warnings, context_data FROM workflow_tasks
      WHERE execution_id = ${executionId} AND task_type = ${taskType} AND status = 'pending'`;
    return task !== undefined;
  }, `a task ${taskType}`);
  if (!task) throw new Error('No task.');
  return task;
}
const endOf = async (executionId: string) =>
  (await harness.sql`SELECT state, result FROM workflow_executions WHERE execution_id = ${executionId}`)[0];
const invoiceOf = async (id: string) =>
  (await harness.sql`SELECT status, decision_comment, decided_by FROM invoices WHERE id = ${id}`)[0];

describe('the invoice review', () => {
  it('approves up to 1,000 without asking anybody', async () => {
    const { invoiceId, executionId } = await submitInvoice(100_000);
    await harness.untilStatus(executionId, 'completed');
    expect(await invoiceOf(invoiceId)).toEqual({ status: 'approved', decision_comment: null, decided_by: null });
    expect(await harness.sql`SELECT 1 FROM workflow_tasks WHERE execution_id = ${executionId}`).toHaveLength(0);
  });

  it('asks a manager above, and writes their approval on the invoice', async () => {
    const { invoiceId, executionId } = await submitInvoice(100_001);
    const task = await taskOf(executionId, 'invoice_review');
    expect(task).toMatchObject({
      title: `Approve invoice INV-000${lastNumber} · Kiosk`,
      priority: 'urgent',
      warnings: [],
      context_data: { amountText: '€1,000.01', requesterName: 'Alice Chen', lineSummary: '1 × Film at €1,000.01' },
    });
    await completeTask(deps, { ...mia, taskId: task.task_id, outcome: 'approve', data: { comment: 'Fine' } });
    await harness.untilStatus(executionId, 'completed');
    expect(await invoiceOf(invoiceId)).toEqual({ status: 'approved', decision_comment: 'Fine', decided_by: 'mia' });
  });

  it('takes a rejection with its comment', async () => {
    const { invoiceId, executionId } = await submitInvoice(250_000);
    const task = await taskOf(executionId, 'invoice_review');
    await claimTask(deps, { ...mia, taskId: task.task_id });
    await completeTask(deps, { ...mia, taskId: task.task_id, outcome: 'reject', data: { comment: 'Too much' } });
    await harness.untilStatus(executionId, 'completed');
    expect(await invoiceOf(invoiceId)).toEqual({
      status: 'rejected',
      decision_comment: 'Too much',
      decided_by: 'mia',
    });
  });

  it('goes to an administrator when the manager declines, and is rejected when the administrator does', async () => {
    const { invoiceId, executionId } = await submitInvoice(260_000);
    const first = await taskOf(executionId, 'invoice_review');
    await declineTask(deps, { ...mia, taskId: first.task_id, reason: 'I know the supplier.' });
    const second = await taskOf(executionId, 'invoice_review_escalated');
    await declineTask(deps, { ...omar, taskId: second.task_id, reason: 'The supplier withdrew it.' });
    await harness.untilStatus(executionId, 'completed');
    expect(await invoiceOf(invoiceId)).toEqual({
      status: 'rejected',
      decision_comment: 'The supplier withdrew it.',
      decided_by: 'omar',
    });
  });

  it('does not let the requester decide, whatever roles they have', async () => {
    const { executionId } = await submitInvoice(250_000);
    const task = await taskOf(executionId, 'invoice_review');
    await expect(claimTask(deps, { ...alice, taskId: task.task_id })).rejects.toMatchObject({ code: 'task_forbidden' });
  });

  it('goes to an administrator when no manager decided in three days', async () => {
    const { invoiceId, executionId } = await submitInvoice(300_000);
    const first = await taskOf(executionId, 'invoice_review');
    harness.moveTime(3 * 86_400_000);
    const second = await taskOf(executionId, 'invoice_review_escalated');
    await expect(completeTask(deps, { ...mia, taskId: first.task_id, outcome: 'approve', data: {} })).rejects.toThrow(
      'expired',
    );
    await expect(
      completeTask(deps, { ...mia, taskId: second.task_id, outcome: 'approve', data: {} }),
    ).rejects.toMatchObject({ code: 'task_forbidden' });
    await completeTask(deps, { ...omar, taskId: second.task_id, outcome: 'approve', data: {} });
    await harness.untilStatus(executionId, 'completed');
    expect(await invoiceOf(invoiceId)).toMatchObject({ status: 'approved', decided_by: 'omar' });
  });

  it('believes the invoice and not the event: a forged amount or requester changes nothing', async () => {
    const invoiceId = await insertInvoice(9_000_000);
    const executionId = await submitted({ invoiceId, amountCents: 100, amountText: '€1.00', requesterId: 'somebody' });
    const task = await taskOf(executionId, 'invoice_review');
    expect(task.context_data).toMatchObject({ amountCents: 9_000_000, amountText: '€90,000.00', requesterId: 'alice' });
    await expect(claimTask(deps, { ...alice, taskId: task.task_id })).rejects.toMatchObject({ code: 'task_forbidden' });
    expect(await invoiceOf(invoiceId)).toMatchObject({ status: 'submitted' });
  });

  it('ends by name where the tenant has no such invoice', async () => {
    for (const invoiceId of [randomUUID(), await insertInvoice(100, 'globex')]) {
      const executionId = await submitted({ invoiceId });
      await harness.untilStatus(executionId, 'completed');
      expect(await endOf(executionId)).toEqual({ state: 'unknown invoice', result: { outcome: 'unknown_invoice' } });
    }
  });

  it('leaves a decision as it is when another was quicker', async () => {
    const { invoiceId, executionId: first } = await submitInvoice(250_000);
    const second = await submitted({ invoiceId });
    const one = await taskOf(first, 'invoice_review');
    const other = await taskOf(second, 'invoice_review');
    await completeTask(deps, { ...mia, taskId: one.task_id, outcome: 'reject', data: { comment: 'Too much' } });
    await harness.untilStatus(first, 'completed');
    await completeTask(deps, { ...omarTheManager, taskId: other.task_id, outcome: 'approve', data: {} });
    await harness.untilStatus(second, 'completed');
    expect(await endOf(second)).toEqual({ state: 'decided elsewhere', result: { outcome: 'already_decided' } });
    expect(
      await harness.sql`
      SELECT payload FROM workflow_events WHERE execution_id = ${second} AND kind = 'log_written'`,
    ).toMatchObject([
      { payload: { level: 'warn', message: 'The invoice is rejected already; this review leaves it as it is.' } },
    ]);
    expect(await invoiceOf(invoiceId)).toEqual({ status: 'rejected', decision_comment: 'Too much', decided_by: 'mia' });
    const third = await submitted({ invoiceId });
    await harness.untilStatus(third, 'completed');
    expect(await endOf(third)).toMatchObject({ result: { outcome: 'already_decided' } });
  });
});
