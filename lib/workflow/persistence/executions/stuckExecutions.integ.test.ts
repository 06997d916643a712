import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { createHarness, until, type Harness } from '../../testing/harness';
import { createStuckCounter } from './stuckExecutions';

const anHourMs = 3_600_000;
const everyPartition = Array.from({ length: 64 }, (_, partition) => partition);

async function waitingWorkflow({ events }: WorkflowContext): Promise<void> {
  await events.waitFor('Go');
}

async function heldWorkflow({ actions }: WorkflowContext): Promise<void> {
  await actions.hold({});
}
let began = false;
let goOn = (): void => undefined;

describe('stuck executions', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.runtime.registerWorkflow(waitingWorkflow);
    harness.runtime.registerWorkflow(heldWorkflow);
    harness.runtime.actions.registerSimpleAction('hold', 'Takes as long as the test wants', [], async () => {
      began = true;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return {};
    });
    await harness.runtime.publish();
  });
  afterAll(() => harness.close());

  const count = () =>
    createStuckCounter({ sql: harness.sql }).count({ partitions: everyPartition, olderThanMs: 60_000 });
  const start = () => harness.runtime.startWorkflow('Waiting', { tenant: 'acme' });
  /** As if nothing had happened to the execution for an hour. */
  const age = async (executionId: string) => {
    await harness.sql`UPDATE workflow_executions SET updated_at = updated_at - interval '1 hour' WHERE execution_id = ${executionId}`;
    await harness.sql`UPDATE workflow_events SET at = at - interval '1 hour' WHERE execution_id = ${executionId} AND seq IS NULL`;
  };
  const reasonOf = async (executionId: string) => {
    const [row] = await harness.sql<{ why: string; since: Date; now: Date }[]>`
      SELECT why, since, now() AS now FROM workflow_stuck(now() - interval '1 minute') WHERE execution_id = ${executionId}`;
    if (row) expect(row.now.getTime() - row.since.getTime()).toBeGreaterThanOrEqual(anHourMs);
    return row?.why ?? null;
  };
  const forget = (executionId: string) =>
    harness.sql`UPDATE workflow_executions SET status = 'terminated' WHERE execution_id = ${executionId}`;

  it('are counted once they made no progress for the time given, by reason', async () => {
    const id = await start();
    expect(await reasonOf(id)).toBeNull();
    await age(id);
    expect(await reasonOf(id)).toBe('no_worker');
    expect(await count()).toMatchObject({ no_worker: 1, no_progress: 0 });

    const workerId = randomUUID();
    await harness.sql`
      INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'test', 1, '1')`;
    await harness.sql`
      INSERT INTO workflow_worker_leases (worker_id, lease_until, heartbeat_at)
      VALUES (${workerId}, now() + interval '1 hour', now())`;
    await harness.sql`UPDATE workflow_partitions SET worker_id = ${workerId}`;
    expect(await reasonOf(id)).toBe('no_progress');

    await harness.sql`
      INSERT INTO workflow_event_processing (execution_id, partition_id, tenant_id, status)
      SELECT execution_id, partition_id, tenant_id, 'deferred' FROM workflow_executions WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBe('code_unknown');

    await harness.sql`UPDATE workflow_executions SET status = 'blocked_on_code' WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBe('blocked');

    await harness.sql`
      INSERT INTO workflow_dead_letters (tenant_id, execution_id, partition_id, kind, reason, head_seq)
      SELECT tenant_id, execution_id, partition_id, 'poison', 'three strikes', 1
      FROM workflow_executions WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBe('dead_letter');

    await harness.sql`UPDATE workflow_executions SET status = 'paused' WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBeNull();
    await forget(id);
  });

  it('are those with events that nobody takes and timers that do not fire, not those that wait', async () => {
    const id = await start();
    await harness.sql`UPDATE workflow_executions SET status = 'waiting' WHERE execution_id = ${id}`;
    await age(id);
    expect(await reasonOf(id)).toBeNull();

    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Other', tenant: 'acme' });
    expect(await reasonOf(id)).toBeNull();
    await harness.sql`UPDATE workflow_events SET at = at - interval '1 hour' WHERE execution_id = ${id} AND seq IS NULL`;
    expect(await reasonOf(id)).toBe('not_taken');

    await harness.sql`
      INSERT INTO workflow_timers (execution_id, partition_id, command_id, tenant_id, fire_at)
      SELECT execution_id, partition_id, 'sleep#1', tenant_id, now() - interval '1 hour'
      FROM workflow_executions WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBe('timer_late');
    await forget(id);
  });

  it('are none between two attempts of an action', async () => {
    const id = await start();
    await harness.sql`UPDATE workflow_executions SET status = 'running' WHERE execution_id = ${id}`;
    await age(id);
    expect(await reasonOf(id)).toBe('no_progress');
    await harness.sql`
      INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, started_at, next_attempt_at)
      SELECT execution_id, partition_id, 'step#1', tenant_id, 'step', 'retrying', now(), now() + interval '1 hour'
      FROM workflow_executions WHERE execution_id = ${id}`;
    expect(await reasonOf(id)).toBeNull();
    await forget(id);
  });

  it('are found through the partial indexes of open work, however much is at rest', async () => {
    const { sql } = harness;
    await sql`
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, correlation_id, ended_at)
      SELECT gen_random_uuid(), n % 64, 'acme', 'Old', '1', gen_random_uuid(), 'completed', 1, 'c', now()
      FROM generate_series(1, 20000) n`;
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind)
      SELECT execution_id, partition_id, 1, tenant_id, 'execution_started' FROM workflow_executions
      WHERE workflow_name = 'Old'`;
    await sql`
      INSERT INTO workflow_jobs (job_id, execution_id, partition_id, tenant_id, command_id, n, args_hash,
        correlation_id, action_name, args, status, attempts, run_at, heartbeat_timeout_ms)
      SELECT gen_random_uuid(), execution_id, partition_id, 'acme', 'render#1', 1, 'h', 'c', 'render', '{}', 'completed',
        1, now(), 1000
      FROM workflow_executions WHERE workflow_name = 'Old'`;
    await sql`ANALYZE workflow_executions, workflow_events, workflow_jobs`;
    const ofWorker = await sql<{ 'QUERY PLAN': string }[]>`
      EXPLAIN SELECT why FROM workflow_stuck(now() - interval '1 minute') WHERE partition_id = ANY(${everyPartition})`;
    const ofTenant = await sql<{ 'QUERY PLAN': string }[]>`
      EXPLAIN SELECT why FROM workflow_stuck(now() - interval '1 minute') WHERE tenant_id = 'acme'`;
    for (const plan of [ofWorker, ofTenant].map((rows) => rows.map((row) => row['QUERY PLAN']).join('\n'))) {
      expect(plan).toContain('workflow_executions_runnable');
      expect(plan).toContain('workflow_events_inbox');
      expect(plan).toContain('workflow_jobs_open');
      expect(plan).not.toMatch(/Seq Scan on workflow_(executions|events|jobs)\b/);
    }
  });

  it('move the gauge of the worker that owns them, up and down', async () => {
    // The partitions are this worker's alone, without a share for the one that the first test made up.
    await harness.sql`UPDATE workflow_partitions SET worker_id = NULL`;
    await harness.sql`DELETE FROM workflow_worker_leases`;
    await harness.sql`DELETE FROM workflow_workers`;
    const metrics = createMemoryMetrics();
    const { worker } = await harness.startWorker({
      metrics,
      settings: { stuck: { everyMs: 20, olderThanMs: 60_000 } },
    });
    const id = await harness.runtime.startWorkflow('Held', { tenant: 'acme' });
    await until(() => began, 'the action began');
    await harness.untilStatus(id, 'running');
    await age(id);
    const gauge = () => metrics.valueOf({ instrument: instruments.stuckExecutions, labels: { reason: 'no_progress' } });
    await until(() => gauge() === 1, 'the execution is counted');
    goOn();
    await harness.untilStatus(id, 'completed');
    await until(() => gauge() === 0, 'nothing is stuck any more');
    await worker.stop();
  });
});
