import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { makeVersionCurrent } from '../../persistence/registrations';
import { createHarness, until, type Harness } from '../../testing/harness';
import { createActionRegistry } from '../actionRegistry';
import { createWorkflowRuntime } from '../workflowRuntime';

const tenant = 'acme';
const name = 'Order';
const settings = {
  deferralPatienceMs: 100,
  // Nobody is lost here, however busy the machine is.
  membership: { leaseMs: 20_000, heartbeatMs: 1_000, balanceMs: 50 },
};
let harness: Harness;

beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const codeOf = (...versions: string[]) => {
  const actions = createActionRegistry();
  const runtime = createWorkflowRuntime({ actions, deps: harness.deps });
  const worksAs = (version: string) => async (context: WorkflowContext) => {
    await context.actions.note({ text: 'begun' });
    await context.events.waitFor('Go');
    await context.actions.note({ text: 'told to go' });
    return `by ${version}`;
  };
  actions.registerSimpleAction('note', 'Does nothing', [{ name: 'text', type: 'string' }], async () => ({}));
  for (const version of versions) runtime.registerWorkflow(worksAs(version), { name, version });
  return runtime;
};
/** Starts so many of one version, and sends each what it waits for. */
const start = async (version: string, count: number) => {
  await makeVersionCurrent(harness.sql, { name, version });
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await harness.runtime.startWorkflow(name, { tenant }));
  for (const execution_id of ids) await harness.runtime.enqueueEvent({ execution_id, event_name: 'Go', tenant });
  return ids;
};
const results = async (ids: readonly string[]) => {
  const rows = await harness.sql<{ result: string }[]>`
    SELECT DISTINCT result::text AS result FROM workflow_executions
    WHERE execution_id = ANY(${[...ids]}::uuid[]) AND status = 'completed'`;
  return rows.map((row) => JSON.parse(row.result) as unknown);
};
const allEnd = (ids: readonly string[]) =>
  until(async () => {
    const [row] = await harness.sql<{ open: number }[]>`
      SELECT count(*)::int AS open FROM workflow_executions
      WHERE execution_id = ANY(${[...ids]}::uuid[]) AND status <> 'completed'`;
    return row?.open === 0;
  }, 'all executions end');
const deferralOf = async (executionId: string) => {
  const [row] = await harness.sql<{ status: string; attempts: number; error: { message: string } }[]>`
    SELECT status, attempts, error FROM workflow_event_processing WHERE execution_id = ${executionId}`;
  return row;
};

describe('workers with different code', () => {
  it('end executions of both, although each has the code of one version only', async () => {
    await harness.startWorker({ runtime: codeOf('1'), settings });
    await harness.startWorker({ runtime: codeOf('2'), settings });
    const [first, second] = [await start('1', 20), await start('2', 20)];
    await allEnd([...first, ...second]);
    expect(await results(first)).toEqual(['by 1']);
    expect(await results(second)).toEqual(['by 2']);
    const open = await harness.sql`
      SELECT 1 FROM workflow_event_processing p JOIN workflow_executions e USING (execution_id)
      WHERE p.status = 'deferred' AND e.ended_at IS NULL`;
    expect(open).toHaveLength(0);
  });

  it('keep what nobody has code for, with the reason, and end it soon after a worker comes that has', async () => {
    const old = await harness.startWorker({ runtime: codeOf('1'), settings });
    await codeOf('2').publish();
    const [waiting = ''] = await start('2', 1);
    await until(async () => (await deferralOf(waiting))?.status === 'deferred', 'it is deferred');
    const found = await deferralOf(waiting);
    expect(found?.error.message).toContain('Order@2');
    const others = await start('1', 5);
    await allEnd(others);
    await harness.startWorker({ runtime: codeOf('1', '2'), settings });
    await allEnd([waiting]);
    await until(async () => (await deferralOf(waiting))?.status === 'resolved', 'the deferral is over');
    expect(old.fenced()).toBe(false);
  });

  it('end what is terminated while its code is nowhere', async () => {
    await harness.startWorker({ runtime: codeOf('1'), settings });
    await codeOf('2').publish();
    const [waiting = ''] = await start('2', 1);
    await until(async () => (await deferralOf(waiting)) !== undefined, 'it is deferred');
    await harness.runtime.terminateExecution({ executionId: waiting, tenant, userId: 'omar', reason: 'nobody has it' });
    await harness.untilStatus(waiting, 'terminated');
  });
});
