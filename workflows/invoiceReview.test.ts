import { testWorkflow, type Scenario } from '@shared/workflow/testing';
import { describe, expect, it } from 'vitest';
import { registerAll, systemForms, systemTaskDefinitions } from '.';
import type { StoredInvoice } from './actions/readInvoice';
import { invoiceReviewWorkflow } from './invoiceReview';

const invoice: StoredInvoice = {
  invoiceId: 'inv-1',
  invoiceNumber: 'INV-0001',
  status: 'submitted',
  customer: 'Nordwind Logistics',
  amountCents: 842_000,
  amountText: '€8,420.00',
  currency: 'EUR',
  note: '12 more were delivered.',
  lineSummary: '40 × Euro pallet at €200.00',
  requesterId: 'alice',
  requesterName: 'Alice Chen',
};
const mia = { by: 'mia', roles: ['manager'] };
const omar = { by: 'omar', roles: ['administrator'] };

/** The stored invoice and what becomes of it. */
function review(stored: Partial<StoredInvoice> | null, scenario: Scenario = {}) {
  return testWorkflow(invoiceReviewWorkflow, {
    version: '2',
    trigger: { name: 'INVOICE_SUBMITTED', payload: { invoiceId: 'inv-1' }, userId: 'alice' },
    register: (actions) => registerAll({ actions, workflows: { register: () => undefined } }),
    forms: systemForms,
    taskDefinitions: systemTaskDefinitions,
    ...scenario,
    actions: {
      readInvoice: () => (stored === null ? null : { ...invoice, ...stored }),
      setInvoiceStatus: ({ status }) => ({ updated: true, status: status as string }),
      ...scenario.actions,
    },
  });
}
const decisionIn = (run: Awaited<ReturnType<typeof review>>) =>
  run.actionCalls.find(({ name }) => name === 'setInvoiceStatus')?.params;

describe('the invoice review, with time skipped', () => {
  it('approves up to 1,000 without asking anybody', async () => {
    const run = await review({ amountCents: 100_000 });
    expect(run).toMatchObject({ status: 'completed', result: { outcome: 'approved' }, tasks: [], elapsedMs: 0 });
    expect(decisionIn(run)).toEqual({ invoiceId: 'inv-1', status: 'approved' });
  });

  it('asks a manager above, by the amount of the invoice and not of the event', async () => {
    const run = await review(
      { amountCents: 100_001 },
      {
        trigger: { name: 'INVOICE_SUBMITTED', payload: { invoiceId: 'inv-1', amountCents: 1, isUrgent: true } },
        tasks: { invoice_review: { ...mia, outcome: 'approve', data: { comment: 'Fine' }, after: '2 hours' } },
      },
    );
    expect(run.tasks).toMatchObject([{ taskType: 'invoice_review', candidateRoles: ['manager'], priority: 'urgent' }]);
    expect(run.tasks[0]?.excludedUsers).toEqual(['alice']);
    expect(run.result).toEqual({ outcome: 'approved' });
    expect(decisionIn(run)).toEqual({ invoiceId: 'inv-1', status: 'approved', comment: 'Fine', decidedBy: 'mia' });
  });

  it('takes no rejection without a comment', async () => {
    const reject = { ...mia, outcome: 'reject' };
    await expect(review({}, { tasks: { invoice_review: reject } })).rejects.toThrow('Say why you reject');
    const run = await review({}, { tasks: { invoice_review: { ...reject, data: { comment: 'Too much' } } } });
    expect(run.result).toEqual({ outcome: 'rejected' });
  });

  it('does not let the requester decide, whatever roles they have', async () => {
    const answer = { outcome: 'approve', by: 'alice', roles: ['manager'] };
    await expect(review({}, { tasks: { invoice_review: answer } })).rejects.toMatchObject({ code: 'task_forbidden' });
  });

  it('goes to an administrator after three days, who has all the time they need', async () => {
    const run = await review(
      {},
      { tasks: { invoice_review_escalated: { ...omar, outcome: 'approve', after: '40 days' } } },
    );
    expect(run.tasks.map(({ taskType, status }) => [taskType, status])).toEqual([
      ['invoice_review', 'expired'],
      ['invoice_review_escalated', 'completed'],
    ]);
    expect(run.elapsedMs).toBe(43 * 86_400_000);
    expect(run.state).toBe('approved');
  });

  it('ends by name where there is nothing to decide', async () => {
    expect(await review(null)).toMatchObject({ state: 'unknown invoice', result: { outcome: 'unknown_invoice' } });
    const decided = await review({ status: 'rejected' });
    expect(decided).toMatchObject({ state: 'decided elsewhere', result: { outcome: 'already_decided' }, tasks: [] });
  });

  it('changes nothing where somebody else decided meanwhile', async () => {
    const run = await review(
      {},
      {
        tasks: { invoice_review: { ...mia, outcome: 'approve' } },
        actions: { setInvoiceStatus: () => ({ updated: false, status: 'rejected' }) },
      },
    );
    expect(run).toMatchObject({ status: 'completed', result: { outcome: 'already_decided' } });
    const logged = run.history.flatMap((entry) => (entry.kind === 'log_written' ? [entry.body] : []));
    expect(logged).toMatchObject([{ level: 'warn', message: expect.stringContaining('rejected already') as string }]);
  });
});
