import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemForms, systemTaskDefinitions } from '@/workflows';
import type { WorkflowContext } from '../../model/workflow';
import { createJobStore } from '../../persistence/jobs/jobStore';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { absentJobQueue } from '../../streams/jobQueue';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { silentLogger } from '../../telemetry/silentLogger';
import { createHarness, until, type Harness, type TestWorker } from '../../testing/harness';
import { createActionRegistry, type ActionRegistry, TransactionIsolationLevel } from '../actionRegistry';
import { systemClock } from '../actions/runHandler';
import { JobWorker } from '../jobs/jobWorker';
import { createWorkflowRuntime } from '../workflowRuntime';

type Code = (context: WorkflowContext) => Promise<unknown>;

const tenant = 'acme';
let harness: Harness;
let done: string[];
/** Loses the answers of flushes that were held back. */
let lose: () => void;
let lost: Promise<never>;

beforeEach(async () => {
  done = [];
  lost = new Promise<never>((_, reject) => {
    lose = () => reject(new Error('The connection was lost.'));
  });
  lost.catch(() => undefined);
  harness = await createHarness({ jobs: absentJobQueue });
  const { sql } = harness;
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    { forms: systemForms, taskDefinitions: systemTaskDefinitions },
  );
  await sql`CREATE TABLE charges (what text)`;
  await sql`GRANT ALL ON charges TO baton_tenant`;
  register(harness.actions);
});
afterEach(async () => {
  lose();
  await harness.close();
});

function register(actions: ActionRegistry): void {
  const amount = [{ name: 'amount', type: 'number', required: true }] as const;
  const noted = (name: string) => () => {
    done.push(name);
    return name;
  };
  actions.registerSimpleAction('render', 'Takes long.', [], noted('render'), { dispatch: true });
  actions.registerSimpleAction('draw', 'The new way.', [], noted('draw'));
  actions.registerSimpleAction(
    'call',
    'Nobody answers.',
    [],
    () => {
      done.push('call');
      throw new Error('busy');
    },
    { retry: { attempts: 5, backoffMs: 60_000, maxBackoffMs: 60_000 } },
  );
  actions.registerSimpleAction(
    'payOut',
    'Sends money.',
    [],
    () => {
      done.push('payOut');
      return new Promise(() => undefined);
    },
    { atMostOnce: true, retry: { timeoutMs: 60_000 } },
  );
  for (const name of ['charge', 'bill']) {
    actions.registerDatabaseAction(
      name,
      'Writes a row.',
      amount,
      TransactionIsolationLevel.READ_COMMITTED,
      async (params, { transaction }) => {
        await transaction.raw('INSERT INTO charges VALUES (?)', [`${name} ${params.amount}`]);
        return params.amount;
      },
    );
  }
}

/** Workers of this code take over from those before. */
function codeOf(run: Code) {
  const actions = createActionRegistry();
  register(actions);
  const runtime = createWorkflowRuntime({ actions, deps: harness.deps });
  runtime.registerWorkflow({ name: 'Changing', version: '1', run });
  return runtime;
}
const start = () => harness.runtime.startWorkflow('Changing', { tenant });
/**
 * The code of its owner runs over the whole log. A second event is taken once what the code did in answer to the first
 * is written.
 */
async function look(executionId: string): Promise<void> {
  const looks = async () => (await harness.history(executionId)).filter(({ name }) => name === 'Look').length;
  for (const count of [1, 2]) {
    await harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: 'Look' });
    await until(async () => (await looks()) === count, 'the new owner takes the event');
  }
}
const kinds = async (executionId: string) => (await harness.history(executionId)).map(({ kind }) => kind);
const rowOf = async (executionId: string) =>
  (await harness.sql`SELECT status, result, error FROM workflow_executions WHERE execution_id = ${executionId}`)[0];
const charges = async () => (await harness.sql<{ what: string }[]>`SELECT what FROM charges`).map(({ what }) => what);

/** Its worker is lost between the commit of the charge and that of the log. */
async function chargedAndLost(): Promise<{ readonly executionId: string; readonly worker: TestWorker }> {
  const old = codeOf(({ actions }) => actions.charge({ amount: 5 }));
  const worker = await harness.startWorker({
    runtime: old,
    wrapStore: (store) => ({
      ...store,
      flush: (batch) => {
        const isOutcome = batch.executions.some(({ entries }) =>
          entries.some(({ kind }) => kind === 'action_completed'),
        );
        return isOutcome ? lost : store.flush(batch);
      },
    }),
  });
  const executionId = await start();
  await until(async () => (await charges()).length > 0, 'the charge is committed');
  expect(await kinds(executionId)).toEqual(['execution_started']);
  return { executionId, worker };
}

describe('a database action that is committed and not in the log', () => {
  it('keeps patched false: the code goes on with it, and does not act a second time', async () => {
    const { executionId, worker } = await chargedAndLost();
    const runtime = codeOf(({ actions, patched }) =>
      patched('bills') ? actions.bill({ amount: 5 }) : actions.charge({ amount: 5 }),
    );
    await harness.startWorker({ runtime, replaces: worker.workerId });
    await harness.untilStatus(executionId, 'completed');
    expect(await rowOf(executionId)).toMatchObject({ result: 5 });
    expect(await charges()).toEqual(['charge 5']);
    expect(await kinds(executionId)).toEqual(['execution_started', 'action_completed', 'execution_completed']);
  });

  it.each<[string, Code, string]>([
    ['another action', ({ actions }) => actions.bill({ amount: 5 }), '"action bill" (bill#1)'],
    ['other arguments', ({ actions }) => actions.charge({ amount: 600 }), 'other arguments'],
    ['nothing of it', async () => 'done', 'does not ask for it'],
  ])('blocks code that asks for %s before it does anything, until its own code is back', async (_, code, why) => {
    const { executionId, worker } = await chargedAndLost();
    const second = await harness.startWorker({ runtime: codeOf(code), replaces: worker.workerId });
    await harness.untilStatus(executionId, 'blocked_on_code');
    const { error } = (await rowOf(executionId)) as { error: { message: string; details: object } };
    expect(error.message).toContain('"action charge" (charge#1) has begun and its outcome is not in the log yet');
    expect(error.message).toContain(why);
    expect(error.details).toMatchObject({ seq: null, recorded: 'action charge' });
    expect(await charges()).toEqual(['charge 5']);

    const runtime = codeOf(({ actions }) => actions.charge({ amount: 5 }));
    await harness.startWorker({ runtime, replaces: second.workerId });
    await harness.untilStatus(executionId, 'completed');
    expect(await rowOf(executionId)).toMatchObject({ result: 5 });
    expect(await charges()).toEqual(['charge 5']);
  });
});

describe('context.patched beside what is under way', () => {
  it('stays false while a job is under way and when it is done', async () => {
    const worker = await harness.startWorker({ runtime: codeOf(({ actions }) => actions.render()) });
    const executionId = await start();
    await harness.untilStatus(executionId, 'waiting');
    await worker.worker.stop();
    const runtime = codeOf(async ({ actions, patched }) => (patched('drawn') ? actions.draw() : actions.render()));
    await harness.startWorker({ runtime });
    await look(executionId);
    const jobs = new JobWorker({
      store: createJobStore({ sql: harness.sql }),
      transport: { ...absentJobQueue, lookEveryMs: 20 },
      registry: runtime.actions,
      hints: harness.deps.hints,
      logger: silentLogger,
      clock: systemClock,
      claimedBy: 'test',
      concurrency: 1,
    });
    jobs.start();
    try {
      await harness.untilStatus(executionId, 'completed', 'blocked_on_code');
    } finally {
      await jobs.stop(0);
    }
    expect(await rowOf(executionId)).toMatchObject({ status: 'completed', result: 'render' });
    expect(done).toEqual(['render']);
    expect(await kinds(executionId)).not.toContain('patch_marked');
  });

  it('blocks other code while a job is under way, before that code does anything', async () => {
    const worker = await harness.startWorker({ runtime: codeOf(({ actions }) => actions.render()) });
    const executionId = await start();
    await harness.untilStatus(executionId, 'waiting');
    await worker.worker.stop();
    await harness.startWorker({ runtime: codeOf(({ actions }) => actions.draw()) });
    await harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: 'Look' });
    await harness.untilStatus(executionId, 'blocked_on_code');
    expect(await rowOf(executionId)).toMatchObject({ error: { details: { recorded: 'action render' } } });
    expect(done).toEqual([]);
  });

  it.each(['call', 'payOut'])('stays false after a start of %s that had no outcome', async (name) => {
    const old = codeOf(({ actions }) => actions[name]?.() as Promise<unknown>);
    const worker = await harness.startWorker({ runtime: old });
    const executionId = await start();
    const noted = () => harness.sql`SELECT 1 FROM workflow_action_results WHERE execution_id = ${executionId}`;
    await until(async () => (await noted()).length > 0 && done.length > 0, 'the start is committed');
    const runtime = codeOf(async ({ actions, patched }) => (patched('drawn') ? actions.draw() : actions[name]?.()));
    await harness.startWorker({ runtime, replaces: worker.workerId });
    await look(executionId);
    expect(done).toEqual([name]);
    expect(await kinds(executionId)).toEqual(['execution_started', 'event_received', 'event_received']);
    expect(await rowOf(executionId)).toMatchObject({ error: null });
  });
});
