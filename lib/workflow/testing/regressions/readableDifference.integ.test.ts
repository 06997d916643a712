/** Why an execution is blocked on its code has to be readable: what differs, where in the code, and after what. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionRegistry } from '../../core/actionRegistry';
import { createWorkflowRuntime } from '../../core/workflowRuntime';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, type Harness } from '../harness';

const tenant = 'acme';
let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());

async function sixSteps({ actions, events }: WorkflowContext): Promise<void> {
  for (let n = 1; n <= 6; n += 1) await actions.logEvent({ message: `step ${n}` });
  await events.waitFor('Go');
}

async function otherLastStep({ actions, events }: WorkflowContext): Promise<void> {
  for (let n = 1; n <= 5; n += 1) await actions.logEvent({ message: `step ${n}` });
  await actions.sendNotification({ recipient: 'mia', message: 'step 6' });
  await events.waitFor('Go');
}

async function fiveSteps({ actions, events }: WorkflowContext): Promise<void> {
  for (let n = 1; n <= 5; n += 1) await actions.logEvent({ message: `step ${n}` });
  await events.waitFor('Go');
}

/** The error of an execution that began with six steps and met this code. */
async function blockedBy(run: (context: WorkflowContext) => Promise<void>, name: string) {
  const deploy = (code: typeof run) => {
    const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps: harness.deps });
    runtime.registerWorkflow(code, { name });
    return harness.startWorker({ runtime });
  };
  const first = await deploy(sixSteps);
  const executionId = await harness.runtime.startWorkflow(name, { tenant });
  await harness.untilStatus(executionId, 'waiting');
  await first.worker.stop();
  const second = await deploy(run);
  await harness.runtime.enqueueEvent({ execution_id: executionId, event_name: 'Go', tenant });
  await harness.untilStatus(executionId, 'blocked_on_code');
  await second.worker.stop();
  const [row] = await harness.sql<{ error: { readonly code: string; readonly details: Record<string, unknown> } }[]>`
    SELECT error FROM workflow_executions WHERE execution_id = ${executionId}`;
  if (!row) throw new Error('The execution is gone.');
  return row.error;
}

const lastFive = [3, 4, 5, 6, 7].map((seq) => ({ seq, kind: 'action_completed', commandId: `logEvent#${seq - 1}` }));

describe('an execution that is blocked on its code', () => {
  it('says what the log holds, what the code does instead and in which line, and the last entries up to there', async () => {
    const { code, details } = await blockedBy(otherLastStep, 'OtherStep');
    expect(code).toBe('nondeterminism');
    expect(details).toMatchObject({ seq: 7, recorded: 'action logEvent', actual: 'action sendNotification' });
    expect(details['callSite']).toMatch(/otherLastStep .*readableDifference\.integ\.test\.ts:\d+:\d+/);
    expect(details['lastEntries']).toEqual(lastFive);
  });

  it('names the line that asks for something else in place of a step that is gone', async () => {
    const { details } = await blockedBy(fiveSteps, 'StepGone');
    expect(details).toMatchObject({ seq: 7, recorded: 'action logEvent' });
    expect(details['callSite']).toMatch(/fiveSteps .*readableDifference\.integ\.test\.ts:\d+:\d+/);
    expect(details['lastEntries']).toEqual(lastFive);
  });
});
