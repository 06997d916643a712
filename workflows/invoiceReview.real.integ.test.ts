import { testWorkflow } from '@shared/workflow/testing';
import { testWorkflowOnPostgres, type RealScenario } from '@shared/workflow/testing/onPostgres';
import { describe, expect, it } from 'vitest';
import { registerAll, systemForms, systemTaskDefinitions } from '.';
import { invoiceReviewWorkflow } from './invoiceReview';

const scenario: RealScenario = {
  version: '2',
  trigger: { name: 'INVOICE_SUBMITTED', payload: { invoiceId: 'inv-1' }, userId: 'alice' },
  register: (actions) => registerAll({ actions, workflows: { register: () => undefined } }),
  forms: systemForms,
  taskDefinitions: systemTaskDefinitions,
  tasks: { invoice_review_escalated: { outcome: 'approve', by: 'omar', roles: ['administrator'], after: '30 days' } },
  before: async ({ sql }) => {
    await sql`
      INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
      VALUES ('inv-1', 'acme', 1, 'Nordwind', 250000, 'submitted', 'alice')`;
  },
};

describe('the invoice review on Postgres, with time skipped', () => {
  it('takes the same way as in memory, and writes the decision of the 33rd day', async () => {
    let status: unknown;
    const real = await testWorkflowOnPostgres(invoiceReviewWorkflow, {
      ...scenario,
      inspect: async ({ sql }) => {
        [status] = await sql`SELECT status, decided_by FROM invoices`;
      },
    });
    expect(status).toEqual({ status: 'approved', decided_by: 'omar' });
    expect(real).toMatchObject({ status: 'completed', result: { outcome: 'approved' } });
    expect(real.elapsedMs).toBeGreaterThanOrEqual(33 * 86_400_000);
    const read = real.actionCalls.find(({ name }) => name === 'readInvoice')?.result;
    const inMemory = await testWorkflow(invoiceReviewWorkflow, {
      ...scenario,
      actions: { readInvoice: () => read, setInvoiceStatus: () => ({ updated: true, status: 'approved' }) },
    });
    expect(inMemory.history.map(({ kind }) => kind)).toEqual(real.history.map(({ kind }) => kind));
    expect(inMemory.tasks.map(({ taskType, status: end }) => [taskType, end])).toEqual(
      real.tasks.map(({ taskType, status: end }) => [taskType, end]),
    );
  });
});
