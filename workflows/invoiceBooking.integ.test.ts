/** Fix once, retry many, with the workflow, the form and the tables of the product. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitEvent } from '@shared/workflow/core/submitEvent';
import { createTaskDefinitionStore } from '@shared/workflow/persistence/tasks/taskDefinitions';
import { createTaskStore } from '@shared/workflow/persistence/tasks/taskStore';
import { completeTask } from '@shared/workflow/tasks/completeTask';
import { declineTask } from '@shared/workflow/tasks/declineTask';
import type { TaskDeps } from '@shared/workflow/tasks/deps';
import { publishSystemDefinitions } from '@shared/workflow/tasks/publishDefinitions';
import { createHarness, until, type Harness } from '@shared/workflow/testing/harness';
import { registerAll, systemForms, systemTaskDefinitions } from '.';

const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
let harness: Harness;
let deps: TaskDeps;
let lastNumber = 0;

beforeAll(async () => {
  harness = await createHarness();
  const { sql, runtime } = harness;
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    { forms: systemForms, taskDefinitions: systemTaskDefinitions },
  );
  registerAll({ workflows: runtime.workflows, actions: runtime.actions });
  await harness.startWorker();
  for (const tenant of ['acme', 'globex']) {
    await sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      SELECT ${randomUUID()}, ${tenant}, 'INVOICE_BOOKING_REQUESTED', registration_id
      FROM workflow_registrations WHERE name = 'InvoiceBooking'`;
  }
  deps = { ...harness.deps, tasks: createTaskStore({ sql }) };
});
afterAll(() => harness.close());

/** An approved invoice, on its way into the books. */
async function bookInvoice(products: readonly string[], tenant = 'acme') {
  const invoiceId = randomUUID();
  await harness.sql`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
    VALUES (${invoiceId}, ${tenant}, ${(lastNumber += 1)}, ${`Customer ${lastNumber}`}, 100, 'approved', 'alice')`;
  for (const [index, product] of products.entries()) {
    await harness.sql`
      INSERT INTO invoice_lines (tenant_id, invoice_id, position, description, quantity, unit_cents)
      VALUES (${tenant}, ${invoiceId}, ${index + 1}, ${product}, 1, 100)`;
  }
  const { executionIds } = await submitEvent(harness.deps, {
    tenant,
    userId: 'alice',
    eventType: 'INVOICE_BOOKING_REQUESTED',
    payload: { invoiceId },
  });
  return { invoiceId, executionId: executionIds[0] ?? '' };
}

interface OpenTask {
  task_id: string;
  execution_id: string;
}
async function openTasks(title: string, count: number, tenant = 'acme'): Promise<readonly OpenTask[]> {
  const read = () => harness.sql<OpenTask[]>`
    SELECT task_id, execution_id FROM workflow_tasks
    WHERE status = 'pending' AND title = ${title} AND tenant_id = ${tenant} ORDER BY created_at, task_id`;
  await until(async () => (await read()).length === count, `${count} tasks "${title}"`);
  return read();
}
const itemsOf = async (invoiceId: string) =>
  (
    await harness.sql<{ quickbooks_item: string | null }[]>`
      SELECT quickbooks_item FROM invoice_lines WHERE invoice_id = ${invoiceId} ORDER BY position`
  ).map(({ quickbooks_item }) => quickbooks_item);
const answer = (quickbooksItem: string) => ({
  ...mia,
  outcome: 'resolved',
  data: { mappingAdded: 'added', quickbooksItem },
});

describe('the booking of invoices', () => {
  it('asks once for a product that several lack, and one answer books them all, in this tenant alone', async () => {
    const invoices = [];
    for (const name of ['Toner', ' toner', 'TONER']) invoices.push(await bookInvoice([name]));
    const abroad = await bookInvoice(['Toner'], 'globex');
    const title = 'Which QuickBooks item is "Toner"?';
    await openTasks(title, 1, 'globex');
    // The name is written as each invoice has it; the cause is the same.
    const asked = () => harness.sql<(OpenTask & { fingerprint: string })[]>`
      SELECT task_id, execution_id, fingerprint FROM workflow_tasks WHERE status = 'pending' AND tenant_id = 'acme'`;
    await until(async () => (await asked()).length === 3, 'a task for each execution');
    const tasks = await asked();
    expect(new Set(tasks.map(({ fingerprint }) => fingerprint)).size).toBe(1);

    const [first] = tasks;
    if (!first) return;
    const { also } = await completeTask(deps, { ...answer('4930 Office'), taskId: first.task_id });
    expect(also).toHaveLength(2);
    for (const { invoiceId, executionId } of invoices) {
      await harness.untilStatus(executionId, 'completed');
      expect(await itemsOf(invoiceId)).toEqual(['4930 Office']);
      const ends = (await harness.history(executionId)).filter(({ kind }) => kind === 'task_ended');
      const own = tasks.find((task) => task.execution_id === executionId);
      expect(ends.map(({ name }) => name)).toEqual([`Task:${own?.task_id}:Complete`]);
    }
    const activity = await harness.sql`
      SELECT detail FROM workflow_task_activity WHERE kind = 'completed' AND task_id = ANY(${tasks.map(({ task_id }) => task_id)})`;
    expect(activity.map(({ detail }) => detail as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'resolved', together: 3 })),
    );
    expect(await harness.sql`SELECT tenant_id, product_id, quickbooks_item, added_by FROM product_mappings`).toEqual([
      { tenant_id: 'acme', product_id: 'toner', quickbooks_item: '4930 Office', added_by: 'mia' },
    ]);
    expect(await itemsOf(abroad.invoiceId)).toEqual([null]);

    const next = await bookInvoice(['Toner']);
    await harness.untilStatus(next.executionId, 'completed');
    expect(await itemsOf(next.invoiceId)).toEqual(['4930 Office']);
  });

  it('asks for all products of an invoice at once, and books it when each is answered', async () => {
    const { invoiceId, executionId } = await bookInvoice(['Lunch', 'Tip', 'Lunch']);
    const [lunch] = await openTasks('Which QuickBooks item is "Lunch"?', 1);
    const [tip] = await openTasks('Which QuickBooks item is "Tip"?', 1);
    if (!lunch || !tip) return;
    await completeTask(deps, {
      ...mia,
      taskId: tip.task_id,
      outcome: 'resolved',
      data: { mappingAdded: 'not_needed' },
    });
    await completeTask(deps, { ...answer('4650 Meals'), taskId: lunch.task_id });
    await harness.untilStatus(executionId, 'completed');
    expect(await itemsOf(invoiceId)).toEqual(['4650 Meals', null, '4650 Meals']);
  });

  it('fails where people decline, and withdraws what else it asked', async () => {
    const { invoiceId, executionId } = await bookInvoice(['Gift', 'Card']);
    const [gift] = await openTasks('Which QuickBooks item is "Gift"?', 1);
    await openTasks('Which QuickBooks item is "Card"?', 1);
    if (!gift) return;
    await declineTask(deps, { ...mia, taskId: gift.task_id, reason: 'We book no gifts.' });
    await harness.untilStatus(executionId, 'failed');
    await openTasks('Which QuickBooks item is "Card"?', 0);
    expect(await itemsOf(invoiceId)).toEqual([null, null]);
  });
});
