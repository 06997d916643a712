/** What is recorded: each shape on each way through it, and the product's own workflows. */
import { registerAll, systemForms, systemTaskDefinitions } from '../../../../workflows';
import type { StoredInvoice } from '../../../../workflows/actions/readInvoice';
import { createActionRegistry } from '../../core/actionRegistry';
import { WorkflowRegistry } from '../../core/workflowRegistry';
import type { WorkflowDefinition } from '../../model/workflow';
import type { Scenario, ScriptedEvent } from '../kit/scenario';
import { goldenShapes, goldenWorkflow, type GoldenShape } from './workflows';

export interface GoldenScenario {
  readonly name: string;
  readonly definition: WorkflowDefinition;
  readonly scenario: Scenario;
}

const actions: Scenario['actions'] = {
  work: (params) => ({ did: params as unknown, at: 'once' }),
  undo: () => null,
  fail: () => {
    throw Object.assign(new RangeError('refused'), { code: 'no_budget', details: { limit: 5 } });
  },
};

const paid = (invoiceId: string): ScriptedEvent => ({
  name: 'Paid',
  payload: { invoiceId },
  to: 'bus',
  after: '1 hour',
});

const ofShapes: readonly (readonly [name: string, shape: GoldenShape, scenario: Scenario])[] = [
  ['pipeline', 'pipeline', { data: { steps: ['one', 'two', 'three'] } }],
  ['approval-approved', 'approval', { events: [{ name: 'Approve', payload: { note: 'fine' }, userId: 'mia' }] }],
  ['approval-timeout', 'approval', { trigger: { name: 'Submitted', userId: 'alice' } }],
  ['approval-waiting', 'approval', { until: '1 day' }],
  ['parallel', 'parallel', {}],
  ['races', 'races', { events: [{ name: 'A', after: '20 hours' }] }],
  ['sleeper', 'sleeper', {}],
  ['review-answered', 'review', { tasks: { review: { outcome: 'approve', by: 'mia', after: '2 hours' } } }],
  ['review-escalated', 'review', { tasks: { escalation: { data: { answer: 42 }, after: '1 day' } } }],
  ['review-nobody', 'review', {}],
  ['failing', 'failing', {}],
  ['parent', 'parent', { workflows: [goldenWorkflow('child')] }],
  ['matched', 'matched', { events: ['a', 'b'].map((invoiceId) => paid(invoiceId)) }],
  ['matched-never', 'matched', { events: [paid('c')] }],
  ['grouped', 'grouped', {}],
  ['forever', 'forever', { data: { turn: 1 }, events: [{ name: 'Next' }] }],
  ['mailbox', 'mailbox', { events: [1, 2, 3].map((payload) => ({ name: 'Item', payload, after: '1 hour' })) }],
];

const invoice: StoredInvoice = {
  invoiceId: 'inv-1',
  invoiceNumber: 'INV-0001',
  status: 'submitted',
  customer: 'Nordwind Logistics',
  amountCents: 842_000,
  amountText: '€8,420.00',
  currency: 'EUR',
  note: null,
  lineSummary: '40 × Euro pallet at €200.00',
  requesterId: 'alice',
  requesterName: 'Alice Chen',
};
const submitted: Scenario = {
  trigger: { name: 'INVOICE_SUBMITTED', payload: { ...invoice, isUrgent: true }, userId: 'alice' },
  forms: systemForms,
  taskDefinitions: systemTaskDefinitions,
  register: (registrar) => registerAll({ actions: registrar, workflows: { register: () => undefined } }),
  actions: {
    readInvoice: () => invoice,
    setInvoiceStatus: ({ status }) => ({ updated: true, status: status as string }),
  },
};
const small = { ...submitted.actions, readInvoice: () => ({ ...invoice, amountCents: 5_000, amountText: '€50.00' }) };
const decides = { outcome: 'approve', data: { comment: 'Fine' }, by: 'mia', after: '1 hour' };

const ofInvoices: readonly (readonly [name: string, version: string, scenario: Scenario])[] = [
  ['invoice-v1-decided', '1', { ...submitted, tasks: { invoice_review: decides } }],
  ['invoice-v1-escalated', '1', { ...submitted, tasks: { invoice_review_escalated: decides } }],
  ['invoice-v2-small', '2', { ...submitted, actions: small }],
  ['invoice-v2-decided', '2', { ...submitted, tasks: { invoice_review: decides } }],
  ['invoice-v2-escalated', '2', { ...submitted, tasks: { invoice_review_escalated: decides } }],
  ['invoice-v2-waiting', '2', { ...submitted, until: '1 day' }],
  ['invoice-v2-unknown', '2', { ...submitted, actions: { ...submitted.actions, readInvoice: () => null } }],
];

/** The code that golden histories are replayed against: the shapes, and the workflows of the product. */
export function goldenDefinitions(): WorkflowRegistry {
  const workflows = new WorkflowRegistry();
  registerAll({ workflows, actions: createActionRegistry() });
  for (const shape of goldenShapes) workflows.register(goldenWorkflow(shape));
  return workflows;
}

export function goldenScenarios(): readonly GoldenScenario[] {
  const workflows = goldenDefinitions();
  const invoices = ofInvoices.map(([name, version, scenario]) => {
    const definition = workflows.find('InvoiceReview', version);
    if (!definition) throw new Error(`InvoiceReview in version ${version} is not registered.`);
    return { name, definition, scenario };
  });
  const shapes = ofShapes.map(([name, shape, scenario]) => {
    return { name, definition: goldenWorkflow(shape), scenario: { actions, ...scenario } };
  });
  return [...shapes, ...invoices];
}
