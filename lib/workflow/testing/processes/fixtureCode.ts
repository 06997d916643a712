/**
 * Workflows and actions for tests that kill processes. Each execution owns one invoice; every database action adds a
 * power of ten to its amount, so that the digits of the amount tell how often each of them took effect.
 */
import type { Sql } from 'postgres';
import type { ActionRegistry } from '../../core/actionRegistry';
import { TransactionIsolationLevel } from '../../core/actionRegistry';
import type { WorkflowRuntime } from '../../core/workflowRuntime';
import type { WorkflowContext } from '../../model/workflow';
import type { PointWatch } from './killPoints';

const invoiceOf = (context: WorkflowContext): string => context.data.get<string>('invoiceId');

/** Simple and database actions, one after the other and side by side. */
async function killPipelineWorkflow(context: WorkflowContext): Promise<number> {
  const { actions, data, setState } = context;
  const invoiceId = invoiceOf(context);
  setState('first');
  await actions.call({ step: 'first' });
  await actions.addToInvoice({ invoiceId, amount: 1 });
  setState('both');
  const added: unknown[] = await Promise.all([
    actions.call({ step: 'second' }),
    actions.addToInvoice({ invoiceId, amount: 10 }),
  ]);
  data.set('added', added.length);
  await actions.addToInvoice({ invoiceId, amount: 100 });
  await actions.call({ step: 'third' });
  setState('done');
  return 111;
}

/** Waits for two events, with actions in between. */
async function killApprovalWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events, setState } = context;
  const invoiceId = invoiceOf(context);
  setState('draft');
  await events.waitFor('Submit');
  await actions.addToInvoice({ invoiceId, amount: 1 });
  setState('submitted');
  const decision = await events.waitFor(['Approve', 'Reject']);
  await actions.addToInvoice({ invoiceId, amount: 10 });
  await actions.call({ step: decision.name });
  return decision.name;
}

/** A task that nobody answers. */
async function killExpiryWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events } = context;
  const task = await actions.createHumanTask({ taskType: 'kill_review', title: 'Nobody looks', expiresIn: 400 });
  const end = await events.waitFor<{ status: string }>(task.completionEvent);
  await actions.addToInvoice({ invoiceId: invoiceOf(context), amount: 1 });
  return end.payload.status;
}

/** A task that people answer while an action still runs: possibly before the workflow waits. */
async function killTaskWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events, setState } = context;
  const invoiceId = invoiceOf(context);
  setState('asking');
  const task = await actions.createHumanTask({
    taskType: 'kill_review',
    title: 'Decide',
    contextData: { invoiceId },
    assignTo: { roles: ['manager'] },
  });
  await actions.addToInvoice({ invoiceId, amount: 1 });
  const end = await events.waitFor<{ status: string; outcome: string }>(task.completionEvent, { timeout: '1 hour' });
  await actions.addToInvoice({ invoiceId, amount: 10 });
  return end === null ? 'timed out' : `${end.payload.status} ${end.payload.outcome}`;
}

/** A sleep and a wait that times out. */
async function killTimerWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events } = context;
  const invoiceId = invoiceOf(context);
  await context.sleep(150);
  await actions.addToInvoice({ invoiceId, amount: 1 });
  const event = await events.waitFor('Never', { timeout: 200 });
  await actions.addToInvoice({ invoiceId, amount: 10 });
  return event === null ? 'timed out' : 'not possible';
}

/** Waits for its task only after an action that takes as long as the test wants. */
async function killGatedTaskWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events } = context;
  const invoiceId = invoiceOf(context);
  const task = await actions.createHumanTask({ taskType: 'kill_review', title: 'Decide at the gate' });
  await actions.passGate({ invoiceId });
  const end = await events.waitFor<{ status: string; outcome: string }>(task.completionEvent);
  await actions.addToInvoice({ invoiceId, amount: 1 });
  return `${end.payload.status} ${end.payload.outcome}`;
}

/** A task that expires about when people answer it. */
async function killExpiryRaceWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events } = context;
  const task = await actions.createHumanTask({ taskType: 'kill_review', title: 'Be quick', expiresIn: 800 });
  const end = await events.waitFor<{ status: string }>(task.completionEvent);
  await actions.addToInvoice({ invoiceId: invoiceOf(context), amount: 1 });
  return end.payload.status;
}

async function killSlowApprovalWorkflow(context: WorkflowContext): Promise<string> {
  const { actions, events } = context;
  const { name } = await events.waitFor('Approve');
  await actions.addToInvoice({ invoiceId: invoiceOf(context), amount: 1 });
  return name;
}

/** Never yields once it is told to go on, whoever runs it. */
async function killLoopWorkflow(context: WorkflowContext): Promise<string> {
  const { events, data } = context;
  await events.waitFor('Spin');
  data.set('spinning', true);
  for (;;);
}

/** Calls an action whose handler never yields, until the test lets it pass. */
async function killSpinWorkflow(context: WorkflowContext): Promise<string> {
  await context.events.waitFor('Spin');
  await context.actions.spin({});
  return 'spun';
}

/** Calls an action that leaves a promise to itself, which is rejected while the action still runs. */
async function killFloatWorkflow(context: WorkflowContext): Promise<string> {
  return context.actions.float({}) as Promise<string>;
}

/** Calls an action that ends its process some time after it began, until the test lets it pass. */
async function killCrashWorkflow(context: WorkflowContext): Promise<string> {
  return context.actions.crash({}) as Promise<string>;
}

/** As `killCrashWorkflow`, late. */
async function killLateCrashWorkflow(context: WorkflowContext): Promise<string> {
  return context.actions.crash({ afterMs: 7_000 }) as Promise<string>;
}

/** At work until the test lets it pass. */
async function killPatientWorkflow(context: WorkflowContext): Promise<string> {
  await context.actions.passGate({ invoiceId: invoiceOf(context) });
  return 'passed';
}

/** Names of these workflows as they are registered, and what each execution of them ends with. */
export const expectations = {
  KillPipeline: { results: [111], amount: 111, calls: 3, tasks: 0 },
  KillApproval: { results: ['Approve', 'Reject'], amount: 11, calls: 1, tasks: 0 },
  KillExpiry: { results: ['expired'], amount: 1, calls: 0, tasks: 1 },
  KillTask: { results: ['completed approve'], amount: 11, calls: 0, tasks: 1 },
  KillTimer: { results: ['timed out'], amount: 11, calls: 0, tasks: 0 },
  KillGatedTask: { results: ['completed approve'], amount: 1, calls: 1, tasks: 1 },
  KillSlowApproval: { results: ['Approve'], amount: 1, calls: 0, tasks: 0 },
  KillExpiryRace: { results: ['completed', 'expired'], amount: 1, calls: 0, tasks: 1 },
} as const satisfies Record<string, { results: readonly unknown[]; amount: number; calls: number; tasks: number }>;

export type FixtureWorkflow = keyof typeof expectations;

export function registerFixtureWorkflows(runtime: WorkflowRuntime, version = '1'): void {
  for (const workflow of [
    killPipelineWorkflow,
    killApprovalWorkflow,
    killExpiryWorkflow,
    killTaskWorkflow,
    killTimerWorkflow,
    killGatedTaskWorkflow,
    killExpiryRaceWorkflow,
    killSlowApprovalWorkflow,
    killLoopWorkflow,
    killSpinWorkflow,
    killFloatWorkflow,
    killCrashWorkflow,
    killLateCrashWorkflow,
    killPatientWorkflow,
  ]) {
    runtime.registerWorkflow(workflow, { version });
  }
}

/** @param options.calls where simple actions leave a trace that no rollback of the engine takes back. */
export function registerFixtureActions(
  actions: ActionRegistry,
  { calls, points }: { readonly calls: Sql; readonly points: PointWatch },
): void {
  actions.registerSimpleAction(
    'call',
    'Reaches another system',
    [{ name: 'step', type: 'string', required: true }],
    async ({ step }, { executionId, commandId, idempotencyKey }) => {
      await calls`
        INSERT INTO kill_calls (execution_id, command_id, step, idempotency_key, pid)
        VALUES (${executionId}, ${commandId}, ${step}, ${idempotencyKey}, ${process.pid})`;
      points.hit('insideAction');
      return { step };
    },
  );
  actions.registerSimpleAction(
    'passGate',
    'Waits until the test lets it pass',
    [{ name: 'invoiceId', type: 'string', required: true }],
    async ({ invoiceId }, { executionId, commandId, idempotencyKey, signal }) => {
      await calls`
        INSERT INTO kill_calls (execution_id, command_id, step, idempotency_key, pid)
        VALUES (${executionId}, ${commandId}, 'gate', ${idempotencyKey}, ${process.pid})`;
      while (!signal.aborted) {
        const [open] = await calls`SELECT 1 FROM kill_gates WHERE invoice_id = ${invoiceId}`;
        if (open) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return {};
    },
  );
  actions.registerSimpleAction('spin', 'Holds up its process for ever', [], async (_, { executionId }) => {
    const [open] = await calls`SELECT 1 FROM kill_gates WHERE invoice_id = ${executionId}`;
    // Long after the call, in a continuation like any other.
    while (!open);
    return {};
  });
  actions.registerSimpleAction('float', 'Leaves a promise to itself', [], async () => {
    const rejected = new Promise((resolve) => setTimeout(resolve, 50)).then(() => {
      throw new Error('Nobody awaits this');
    });
    // Later than the process could have ended of it: of two timers, in the order in which they are due.
    await new Promise((resolve) => setTimeout(resolve, 400));
    return rejected instanceof Promise ? 'floated' : '';
  });
  const delay = [{ name: 'afterMs', type: 'number', defaultValue: 300 }] as const;
  actions.registerSimpleAction('crash', 'Ends its process', delay, async ({ afterMs }, { executionId }) => {
    const [open] = await calls`SELECT 1 FROM kill_gates WHERE invoice_id = ${executionId}`;
    if (open) return 'passed';
    // Long after the activation that called it.
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  });
  actions.registerDatabaseAction(
    'addToInvoice',
    'Adds to the amount of an invoice',
    [
      { name: 'invoiceId', type: 'string', required: true },
      { name: 'amount', type: 'number', required: true },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ invoiceId, amount }, { transaction }) => {
      const rows = (await transaction('invoices')
        .where('id', invoiceId)
        .increment('amount_cents', amount)
        .returning('id')) as unknown[];
      points.hit('insideTransaction');
      return { rows: rows.length, amount };
    },
  );
}

/** Tables of the tests' own, and the form and definition of their tasks. */
export const fixtureTables = `
CREATE TABLE kill_gates (invoice_id text PRIMARY KEY);
CREATE TABLE kill_calls (
  call_id bigint GENERATED ALWAYS AS IDENTITY,
  execution_id text NOT NULL, command_id text, step text NOT NULL, idempotency_key text NOT NULL, pid integer NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
)`;

export const fixtureDefinitions = {
  forms: [
    {
      name: 'kill-review-form',
      jsonSchema: {
        type: 'object',
        properties: { comment: { type: 'string' } },
        'x-outcomes': [
          { value: 'approve', title: 'Approve' },
          { value: 'reject', title: 'Reject' },
        ],
      },
      uiSchema: {},
    },
  ],
  taskDefinitions: [
    { taskType: 'kill_review', name: 'Review', formName: 'kill-review-form', defaultRoles: ['manager'] },
    { taskType: 'review', name: 'Review of a random program', formName: 'kill-review-form', defaultRoles: ['manager'] },
  ],
};
