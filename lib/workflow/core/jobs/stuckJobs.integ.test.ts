/** Dispatched actions that no worker takes are seen: on their execution, in the count of the stuck, and in gauges. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createStuckCounter } from '../../persistence/executions/stuckExecutions';
import { createJobStore } from '../../persistence/jobs/jobStore';
import { absentJobQueue } from '../../streams/jobQueue';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { silentLogger } from '../../telemetry/silentLogger';
import { createHarness, until, type Harness } from '../../testing/harness';
import { createActionRegistry, type ActionRegistry } from '../actionRegistry';
import { systemClock } from '../actions/runHandler';
import { JobWorker } from './jobWorker';

const transport = { ...absentJobQueue, lookEveryMs: 20 };
const everyPartition = Array.from({ length: 64 }, (_, partition) => partition);
const tenant = 'acme';
let harness: Harness;
const jobWorkers: JobWorker[] = [];

beforeEach(async () => {
  harness = await createHarness({ jobs: transport });
  harness.actions.registerSimpleAction('render', 'Takes long', [], () => ({}), { dispatch: true });
  harness.runtime.registerWorkflow(
    async ({ actions }: WorkflowContext) => {
      await actions.render({});
    },
    { name: 'Rendering' },
  );
});
afterEach(async () => {
  await Promise.all(jobWorkers.splice(0).map((worker) => worker.stop(0)));
  await harness.close();
});

function startJobs(registry: ActionRegistry): void {
  const worker = new JobWorker({
    store: createJobStore({ sql: harness.sql }),
    transport,
    registry,
    hints: harness.deps.hints,
    logger: silentLogger,
    clock: systemClock,
    claimedBy: 'test',
    concurrency: 2,
  });
  jobWorkers.push(worker);
  worker.start();
}

const counter = () => createStuckCounter({ sql: harness.sql });
const stuckOnJobs = async () =>
  (await counter().count({ partitions: everyPartition, olderThanMs: 60_000 })).job_not_taken;
const ageJob = (executionId: string) => harness.sql`
  UPDATE workflow_jobs SET created_at = created_at - interval '1 hour', run_at = run_at - interval '1 hour',
    heartbeat_at = heartbeat_at - interval '1 hour'
  WHERE execution_id = ${executionId}`;

/** An execution that rests until its dispatched action has ended. */
async function dispatched(): Promise<string> {
  const executionId = await harness.runtime.startWorkflow('Rendering', { tenant });
  await until(async () => {
    const rows = await harness.sql`
      SELECT 1 FROM workflow_jobs j JOIN workflow_executions e USING (execution_id, partition_id)
      WHERE execution_id = ${executionId} AND e.status = 'waiting'`;
    return rows.length === 1;
  }, 'the action is dispatched');
  return executionId;
}

describe('a dispatched action', () => {
  it('that no worker takes makes its execution stuck, until one does', async () => {
    const metrics = createMemoryMetrics();
    await harness.startWorker({ metrics, settings: { stuck: { everyMs: 20, olderThanMs: 60_000 } } });
    const executionId = await dispatched();
    expect(await stuckOnJobs()).toBe(0);
    await ageJob(executionId);
    expect(await stuckOnJobs()).toBe(1);

    const reason = { instrument: instruments.stuckExecutions, labels: { reason: 'job_not_taken' } };
    const queued = () => metrics.valueOf({ instrument: instruments.jobsQueued });
    const oldest = () => metrics.valueOf({ instrument: instruments.oldestJobSeconds });
    await until(() => metrics.valueOf(reason) === 1 && queued() === 1, 'the gauges show it');
    await until(() => oldest() >= 3_600, 'its age shows');

    startJobs(harness.actions);
    await harness.untilStatus(executionId, 'completed');
    await until(() => metrics.valueOf(reason) === 0 && queued() === 0 && oldest() === 0, 'the gauges are down again');
  });

  it('that every worker gives back, since it lacks the action, counts from when it was dispatched', async () => {
    await harness.startWorker();
    const executionId = await dispatched();
    startJobs(createActionRegistry());
    await until(async () => {
      const rows = await harness.sql`
        SELECT 1 FROM workflow_jobs
        WHERE execution_id = ${executionId} AND status = 'queued' AND error->>'code' = 'unknown_action'`;
      return rows.length === 1;
    }, 'it is given back');
    expect(await stuckOnJobs()).toBe(0);
    await harness.sql`
      UPDATE workflow_jobs SET created_at = created_at - interval '1 hour' WHERE execution_id = ${executionId}`;
    await until(async () => (await stuckOnJobs()) === 1, 'it counts');
    await Promise.all(jobWorkers.splice(0).map((worker) => worker.stop(0)));
    await harness.sql`UPDATE workflow_jobs SET run_at = now() WHERE execution_id = ${executionId}`;
    startJobs(harness.actions);
    await harness.untilStatus(executionId, 'completed');
    const [job] = await harness.sql<{ error: unknown }[]>`
      SELECT error FROM workflow_jobs WHERE execution_id = ${executionId}`;
    expect(job?.error).toBeNull();
    expect(await stuckOnJobs()).toBe(0);
  });

  it('whose process is not heard of any more, and that nobody follows, counts as well', async () => {
    const { worker } = await harness.startWorker();
    const executionId = await dispatched();
    const job = await createJobStore({ sql: harness.sql }).claim({ jobId: null, claimedBy: 'killed' });
    expect(job?.executionId).toBe(executionId);
    expect(await stuckOnJobs()).toBe(0);
    await ageJob(executionId);
    expect(await stuckOnJobs()).toBe(1);

    // Without its owner too, that is what somebody should look at.
    await worker.stop();
    const [row] = await harness.sql<{ why: string }[]>`
      SELECT why FROM workflow_stuck(now() - interval '1 minute') WHERE execution_id = ${executionId}`;
    expect(row?.why).toBe('no_worker');
    await harness.sql`UPDATE workflow_executions SET status = 'paused' WHERE execution_id = ${executionId}`;
    expect(await harness.sql`SELECT 1 FROM workflow_stuck(now()) WHERE execution_id = ${executionId}`).toHaveLength(0);
  });
});
