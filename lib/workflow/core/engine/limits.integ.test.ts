import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultMost, limitsOf, type LimitName } from '../../model/limits';
import type { WorkflowContext } from '../../model/workflow';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { createHarness, until, type Harness, type TestWorker } from '../../testing/harness';

const tight = limitsOf({ history_length: 50, payload_size: 1_000, mailbox_size: 20, commands_per_run: 25 });
const wide = limitsOf(defaultMost);

async function ignoringWorkflow({ events }: WorkflowContext): Promise<number> {
  await events.waitFor('Go');
  let unread = 0;
  while (await events.waitFor('Noise', { timeout: '1 millisecond' })) unread += 1;
  return unread;
}
async function longWorkflow({ actions }: WorkflowContext): Promise<void> {
  for (let step = 0; step < 80; step += 1) await actions.tiny({});
}
async function greedyWorkflow({ actions }: WorkflowContext): Promise<number> {
  return (await Promise.all(Array.from({ length: 30 }, () => actions.tiny({})))).length;
}
async function largeWorkflow({ data, events }: WorkflowContext): Promise<number> {
  data.set('text', 'x'.repeat(300));
  data.set('text', 'y'.repeat(300));
  await events.waitFor('Go');
  data.set('text', 'z'.repeat(2_000));
  return data.get<string>('text').length;
}
async function fetchingWorkflow({ actions }: WorkflowContext): Promise<string> {
  try {
    await actions.fetch_much({});
    return 'fetched';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('limits of an execution', () => {
  let harness: Harness;
  let worker: TestWorker;
  const metrics = createMemoryMetrics();
  beforeAll(async () => {
    harness = await createHarness({ limits: tight, metrics });
    const { runtime } = harness;
    for (const workflow of [ignoringWorkflow, longWorkflow, greedyWorkflow, largeWorkflow, fetchingWorkflow]) {
      runtime.registerWorkflow(workflow);
    }
    runtime.actions.registerSimpleAction('tiny', 'Does nothing', [], () => ({}));
    runtime.actions.registerSimpleAction('fetch_much', 'Answers with much', [], () => ({ text: 'x'.repeat(2_000) }));
    worker = await harness.startWorker();
  });
  afterAll(() => harness.close());

  const start = (name: string) => harness.runtime.startWorkflow(name, { tenant: 'acme' });
  const send = (id: string, name: string, payload: { text?: string } = {}) =>
    harness.runtime.enqueueEvent({ execution_id: id, event_name: name, payload, tenant: 'acme' });
  const codeOf = async (id: string) => {
    const [row] = await harness.sql<{ code: string }[]>`
      SELECT error ->> 'code' AS code FROM workflow_executions WHERE execution_id = ${id}`;
    return row?.code;
  };
  const warningsOf = async (id: string) => {
    const rows = await harness.sql<{ limit: LimitName }[]>`
      SELECT payload ->> 'limit' AS limit FROM workflow_events
      WHERE execution_id = ${id} AND kind = 'log_written' AND payload ->> 'limit' IS NOT NULL ORDER BY seq`;
    return rows.map(({ limit }) => limit);
  };
  const counted = (limit: LimitName, outcome: string) =>
    metrics.valueOf({ instrument: instruments.limits, labels: { limit, outcome } });
  const resultOf = async (id: string) => {
    const [row] = await harness.sql<{ result: unknown }[]>`
      SELECT result FROM workflow_executions WHERE execution_id = ${id}`;
    return row?.result;
  };
  /** A worker that allows more, as after a restart with a raised limit. */
  const withWideLimits = async (ids: readonly string[]) => {
    await worker.worker.stop();
    const raised = await harness.startWorker({ limits: wide });
    for (const executionId of ids) await harness.runtime.retryExecution({ executionId, tenant: 'acme' });
    for (const id of ids) await harness.untilStatus(id, 'completed');
    await raised.worker.stop();
    worker = await harness.startWorker();
  };

  it('warns of a long history once, blocks a full one, and lets it go on where more is allowed', async () => {
    const id = await start('Long');
    await harness.untilStatus(id, 'blocked_on_code');
    expect(await codeOf(id)).toBe('history_too_long');
    expect(await warningsOf(id)).toEqual(['history_length']);
    expect(counted('history_length', 'warned')).toBe(1);
    expect(counted('history_length', 'blocked')).toBe(1);
    await withWideLimits([id]);
    expect(await harness.untilStatus(id, 'completed')).toBe('completed');
    const kinds = (await harness.history(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'action_completed')).toHaveLength(80);
  });

  it('keeps all events of an execution that nobody reads, refuses more at the door, and goes on with them', async () => {
    await worker.worker.stop();
    // However many come at once, the history is not what stops it.
    const small = await harness.startWorker({ limits: { ...wide, mailbox_size: tight.mailbox_size } });
    const id = await start('Ignoring');
    await harness.untilStatus(id, 'waiting');
    let accepted = 0;
    for (; accepted < 6; accepted += 1) await send(id, 'Noise');
    await until(async () => (await warningsOf(id)).length === 1, 'the execution warns');
    let refusal: unknown = null;
    await until(async () => {
      try {
        await send(id, 'Noise');
        accepted += 1;
      } catch (error) {
        refusal = error;
      }
      return refusal !== null;
    }, 'the mailbox is full');
    expect(refusal).toMatchObject({ code: 'mailbox_full', httpStatus: 429 });
    expect(accepted).toBeGreaterThan(20);
    expect(await codeOf(id)).toBe('mailbox_full');
    expect(await warningsOf(id)).toEqual(['mailbox_size']);
    expect(counted('mailbox_size', 'refused')).toBe(1);
    await small.worker.stop();
    const raised = await harness.startWorker({ limits: wide });
    await harness.runtime.retryExecution({ executionId: id, tenant: 'acme' });
    await harness.untilStatus(id, 'waiting', 'running');
    await send(id, 'Go');
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toBe(accepted);
    await raised.worker.stop();
    worker = await harness.startWorker();
  });

  it('does nothing of what asks for too much at once, until it may', async () => {
    const id = await start('Greedy');
    await harness.untilStatus(id, 'blocked_on_code');
    expect(await codeOf(id)).toBe('too_many_commands');
    expect((await harness.history(id)).map(({ kind }) => kind)).toEqual(['execution_started']);
    await withWideLimits([id]);
    expect(await resultOf(id)).toBe(30);
  });

  it('warns of a large value once, and blocks the code that passes one that is too large', async () => {
    const id = await start('Large');
    await harness.untilStatus(id, 'waiting');
    expect(await warningsOf(id)).toEqual(['payload_size']);
    await send(id, 'Go');
    await harness.untilStatus(id, 'blocked_on_code');
    expect(await codeOf(id)).toBe('payload_too_large');
    await withWideLimits([id]);
    expect(await resultOf(id)).toBe(2_000);
    expect(await warningsOf(id)).toEqual(['payload_size']);
  });

  it('fails an action whose result is too large, which its workflow can catch', async () => {
    const id = await start('Fetching');
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toBe('payload_too_large');
  });

  it('refuses what is too large before it is stored', async () => {
    const text = 'x'.repeat(2_000);
    const tooLarge = { code: 'payload_too_large', httpStatus: 413 };
    const before = counted('payload_size', 'refused');
    const id = await start('Ignoring');
    await expect(send(id, 'Noise', { text })).rejects.toMatchObject(tooLarge);
    const input = { tenant: 'acme', initialData: { text } };
    await expect(harness.runtime.startWorkflow('Ignoring', input)).rejects.toMatchObject(tooLarge);
    expect(counted('payload_size', 'refused')).toBe(before + 2);
    const [{ rows } = { rows: -1 }] = await harness.sql<{ rows: number }[]>`
      SELECT count(*)::int AS rows FROM workflow_events WHERE length(payload::text) > 2000`;
    expect(rows).toBe(1);
  });
});
