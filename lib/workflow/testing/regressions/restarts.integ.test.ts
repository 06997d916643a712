/** Regressions around workers that come and go: each test attacks one of them, and nothing else. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer } from '../../../redis/testing/ownRedisServer';
import type { WorkflowContext } from '../../model/workflow';
import { createJobStore } from '../../persistence/jobs/jobStore';
import { absentJobQueue } from '../../streams/jobQueue';
import { createRedisHintPublisher } from '../../streams/redisHintPublisher';
import { createRedisHintSource } from '../../streams/redisHintSource';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createHarness, longLease, until, type Harness } from '../harness';

const tenant = 'acme';

async function parkedWorkflow({ events }: WorkflowContext): Promise<string> {
  const event = await events.waitFor<{ word: string }>('Go', { timeout: '30 days' });
  return event === null ? 'nobody came' : event.payload.word;
}

/** Holds what it got in variables of its own, over a wait. */
async function rememberingWorkflow({ actions, events }: WorkflowContext): Promise<string[]> {
  const seen = [String(await actions.draw())];
  for (let round = 1; round <= 2; round += 1) {
    const { payload } = await events.waitFor<{ word: string }>('Go');
    seen.push(payload.word);
  }
  return seen;
}

async function drawingWorkflow({ actions, events }: WorkflowContext): Promise<string> {
  await events.waitFor('Go');
  const { word } = await actions.held();
  return String(word);
}

const exportingWorkflow = ({ actions }: WorkflowContext) => actions.exportAll();

const send = (harness: Harness, executionId: string, word: string) =>
  harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: 'Go', payload: { word } });

async function statusOf({ sql }: Harness, executionId: string): Promise<unknown> {
  const [row] = await sql`SELECT status FROM workflow_executions WHERE execution_id = ${executionId}`;
  return row?.status as unknown;
}

async function resultOf({ sql }: Harness, executionId: string): Promise<unknown> {
  const [row] = await sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
  return row?.result as unknown;
}

describe('workers that come and go', () => {
  let harness: Harness;
  let drawn = 0;

  beforeAll(async () => {
    harness = await createHarness({ jobs: absentJobQueue });
    const { actions, runtime } = harness;
    actions.registerSimpleAction('draw', 'Answers differently each time.', [], () => {
      drawn += 1;
      return `draw ${drawn}`;
    });
    actions.registerSimpleAction('exportAll', 'Runs elsewhere.', [], () => 'exported', {
      dispatch: { heartbeatTimeoutMs: 60_000 },
    });
    for (const workflow of [parkedWorkflow, rememberingWorkflow, exportingWorkflow]) runtime.registerWorkflow(workflow);
  });
  afterAll(() => harness.close());

  it('keep a wait and its timeout, however many of them are lost while it is open', async () => {
    let worker = await harness.startWorker();
    const [called, forgotten] = await Promise.all(
      [1, 2].map(() => harness.runtime.startWorkflow('Parked', { tenant })),
    );
    if (called === undefined || forgotten === undefined) throw new Error('Nothing was started.');
    for (const id of [called, forgotten]) await harness.untilStatus(id, 'waiting');
    for (let restart = 1; restart <= 3; restart += 1) {
      worker = await harness.startWorker({ replaces: worker.workerId });
      const waits = await harness.sql`
        SELECT names FROM workflow_waits WHERE execution_id IN (${called}, ${forgotten}) AND deadline IS NOT NULL`;
      expect(waits).toEqual([{ names: ['Go'] }, { names: ['Go'] }]);
    }
    await send(harness, called, 'at last');
    await harness.untilStatus(called, 'completed');
    harness.moveTime(31 * 24 * 3_600_000);
    await harness.untilStatus(forgotten, 'completed');
    expect([await resultOf(harness, called), await resultOf(harness, forgotten)]).toEqual(['at last', 'nobody came']);
    await worker.worker.stop();
  });

  it('resume on another worker what the first one holds in variables, without asking for it again', async () => {
    drawn = 0;
    const first = await harness.startWorker();
    const executionId = await harness.runtime.startWorkflow('Remembering', { tenant });
    await harness.untilStatus(executionId, 'waiting');
    await first.worker.stop();
    await send(harness, executionId, 'to the second');
    const second = await harness.startWorker();
    await harness.untilStatus(executionId, 'waiting');
    // It may wait still for the first event, or for the second one by now: both are kept.
    const third = await harness.startWorker({ replaces: second.workerId });
    await send(harness, executionId, 'to the third');
    await harness.untilStatus(executionId, 'completed');
    expect(await resultOf(harness, executionId)).toEqual(['draw 1', 'to the second', 'to the third']);
    expect(drawn).toBe(1);
    await third.worker.stop();
  });

  it('end every execution that a lost worker left running: in an action, and before its work was written', async () => {
    const calls: string[] = [];
    harness.actions.registerSimpleAction('held', 'The very first call never ends.', [], (_, context) => {
      calls.push(context.executionId);
      return calls.length === 1 ? new Promise(() => undefined) : { word: 'after all' };
    });
    harness.runtime.registerWorkflow(drawingWorkflow);
    const first = await harness.startWorker();
    const inAction = await harness.runtime.startWorkflow('Drawing', { tenant });
    await send(harness, inAction, 'go');
    await until(() => calls.includes(inAction), 'the first worker is in the action');
    expect(await statusOf(harness, inAction)).toBe('running');
    let unwritten = 0;
    const second = await harness.startWorker({
      replaces: first.workerId,
      wrapStore: (store) => ({
        ...store,
        flush: () => {
          unwritten += 1;
          return new Promise(() => undefined);
        },
      }),
    });
    const beforeWriting = await harness.runtime.startWorkflow('Drawing', { tenant });
    await until(() => unwritten > 0, 'the second worker has something to write');
    const third = await harness.startWorker({ replaces: second.workerId });
    await send(harness, beforeWriting, 'go');
    for (const id of [inAction, beforeWriting]) await harness.untilStatus(id, 'completed');
    expect([await resultOf(harness, inAction), await resultOf(harness, beforeWriting)]).toEqual([
      'after all',
      'after all',
    ]);
    expect(await harness.sql`SELECT 1 FROM workflow_executions WHERE status = 'running'`).toHaveLength(0);
    await third.worker.stop();
    // One that does not know yet would wait for its flush when it is stopped.
    await until(() => second.fenced(), 'the second worker finds itself fenced');
  });

  it('claim no job twice, however many claim in the same instant', async () => {
    const worker = await harness.startWorker();
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => harness.runtime.startWorkflow('Exporting', { tenant })),
    );
    for (const id of ids) await harness.untilStatus(id, 'waiting');
    const stores = [1, 2, 3].map(() => createJobStore({ sql: harness.sql }));
    const jobs = await harness.sql<{ job_id: string }[]>`SELECT job_id FROM workflow_jobs WHERE status = 'queued'`;
    expect(jobs).toHaveLength(12);
    // Each of them wants each: half of them by name, as a transport tells it, half of them whatever is there.
    const claims = await Promise.all(
      jobs.flatMap(({ job_id: jobId }) =>
        stores.map((store, index) =>
          store.claim({ jobId: index === 0 ? jobId : null, claimedBy: `claimant ${index}` }),
        ),
      ),
    );
    const won = claims.flatMap((claim) => (claim ? [claim.jobId] : []));
    expect([...won].sort()).toEqual(jobs.map((job) => job.job_id).sort());
    await worker.worker.stop();
  });
});

describe.runIf(canRunOwnRedis)('a message that is trimmed while it is unread', () => {
  it('costs time alone: the owner finds what it told of', async () => {
    const server = await createOwnRedisServer();
    const redis = new Redis(server.url);
    const settings = { url: server.url, prefix: 'trimmed:', logger: silentLogger, metrics: silentMetrics };
    const publisher = createRedisHintPublisher(settings);
    const harness = await createHarness({ hints: publisher });
    const source = createRedisHintSource({ ...settings, workerId: 'reader', blockMs: 500 });
    try {
      harness.runtime.registerWorkflow(parkedWorkflow);
      await harness.runtime.publish();
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => harness.runtime.startWorkflow('Parked', { tenant })),
      );
      for (const id of ids) await send(harness, id, 'unheard');
      // Nobody has read them: no worker runs yet.
      let trimmed = 0;
      for (const key of await redis.keys('trimmed:*')) {
        if ((await redis.type(key)) === 'stream') trimmed += await redis.xtrim(key, 'MAXLEN', 0);
      }
      expect(trimmed).toBeGreaterThan(0);
      // Nobody would take over from the only worker if the machine stood still for longer than a short lease.
      await harness.startWorker({ hints: source, settings: { membership: longLease } });
      for (const id of ids) {
        await harness.untilStatus(id, 'completed');
        expect(await resultOf(harness, id)).toBe('unheard');
      }
    } finally {
      await harness.close();
      await source.stop();
      await publisher.close();
      redis.disconnect();
      await server.remove();
    }
  });
});
