/**
 * Metrics that stay 0 are worse than none: they say that all is well. Each that a worker publishes is moved here by a
 * real worker, and one that is declared without being moved fails the first test.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createLiveHub } from '../../../redis/liveHub';
import { createRedisLivePublisher } from '../../../redis/livePublisher';
import { createChangeCounter } from '../../../redis/changeCounter';
import { canRunOwnRedis, createOwnRedisServer } from '../../../redis/testing/ownRedisServer';
import { createActionRegistry } from '../../core/actionRegistry';
import { submitEvent } from '../../core/submitEvent';
import { createWorkflowRuntime } from '../../core/workflowRuntime';
import { limitsOf, defaultMost } from '../../model/limits';
import type { ExecutionStore } from '../../model/ports/store';
import type { WorkflowContext } from '../../model/workflow';
import { makeVersionCurrent } from '../../persistence/registrations';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { hintGroup, hintStreamKey } from '../../streams/hintStreams';
import { createRedisHintPublisher } from '../../streams/redisHintPublisher';
import { createRedisHintSource } from '../../streams/redisHintSource';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { instruments } from '../../telemetry/names';
import { silentLogger } from '../../telemetry/silentLogger';
import { createHarness, until, type Harness } from '../harness';
import { recordMovement, type Movement } from './movement';

const tenant = 'acme';
/** What each test below moves. */
const movedBy = {
  work: [
    'eventsSubmitted',
    'busDeliveries',
    'executionsStarted',
    'executionsEnded',
    'tasksCreated',
    'tasksEnded',
    'entriesTaken',
    'takeSeconds',
    'activations',
    'activationSeconds',
    'actions',
    'actionSeconds',
    'flushes',
    'flushSeconds',
    'flushBatchExecutions',
    'inboxLagSeconds',
    'timerLatenessSeconds',
    'sweeps',
    'liveExecutions',
    'inFlightActions',
    'ownedPartitions',
    'heartbeatAgeSeconds',
  ],
  load: ['queueDepth'],
  ownership: ['fenceLost', 'takeovers', 'headsLost'],
  code: ['deferredExecutions', 'partitionsOffered', 'nondeterminism', 'stuckExecutions'],
  limits: ['limits', 'deadLetters'],
  redis: ['redisUp', 'redisOutages', 'hintsPublished', 'hintsDropped', 'hintsRead', 'hintsReclaimed', 'hintHeals'],
  pages: ['liveNotices'],
  /** Moved in `app/api/metrics/metrics.integ.test.ts`. */
  web: ['webRequests', 'webRequestSeconds', 'admissionRefusals', 'backlog'],
  /** Moved in `lib/mail/mail.integ.test.ts`. */
  mail: ['mails', 'mailsPending'],
  /** Moved in `core/jobs/stuckJobs.integ.test.ts`. */
  jobs: ['jobsQueued', 'oldestJobSeconds'],
  /** Moved in `core/worker/unawaited.test.ts`. */
  unawaited: ['unawaitedRejections'],
  /** Moved in `core/engine/pressure.integ.test.ts`. */
  pressure: ['pressure'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof instruments)[]>>;

let opened: Harness | null = null;
afterEach(async () => {
  await opened?.close();
  opened = null;
});

async function open(options: Parameters<typeof createHarness>[0] = {}): Promise<Harness & Movement> {
  const movement = recordMovement();
  opened = await createHarness({ metrics: movement.metrics, ...options });
  return { ...opened, ...movement };
}

const untilMoved = ({ moved }: Movement, keys: readonly (keyof typeof instruments)[]) => {
  const still = () => keys.filter((key) => !moved.has(instruments[key].name));
  return until(() => still().length === 0, `all move: ${keys.join(', ')}`).catch((error: unknown) => {
    throw new Error(`Still 0: ${still().join(', ')}`, { cause: error });
  });
};

const gate = () => {
  let open = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return { isOpen, open };
};

describe('metrics', () => {
  it('that are declared are all moved by a test', () => {
    expect(Object.values(movedBy).flat().toSorted()).toEqual(Object.keys(instruments).toSorted());
  });

  it('of work move', async () => {
    const site = await open();
    const { runtime, untilStatus } = site;
    const held = gate();
    runtime.actions.registerSimpleAction('hold', 'Takes as long as the test wants', [], async () => {
      await held.isOpen;
      return {};
    });
    runtime.registerWorkflow(
      async ({ events, sleep, children, actions }: WorkflowContext) => {
        await events.waitFor('Go');
        await sleep('1 millisecond');
        await actions.createHumanTask({ taskType: 'review', title: 'Left open', contextData: {} });
        await children.run('Child', {});
        await events.waitFor('PAID', { match: { invoice: '1' } });
        await actions.hold({});
      },
      { name: 'Parent' },
    );
    runtime.registerWorkflow(async () => 'done', { name: 'Child' });
    await publishSystemDefinitions(
      { definitions: createTaskDefinitionStore({ sql: site.sql }) },
      {
        forms: [{ name: 'review-form', jsonSchema: { type: 'object', properties: {} }, uiSchema: {} }],
        taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
      },
    );
    await site.startWorker();
    const id = await runtime.startWorkflow('Parent', { tenant });
    await runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant });
    await until(async () => {
      const rows = await site.sql`
        SELECT 1 FROM workflow_waits WHERE execution_id = ${id} AND names = ARRAY['PAID']`;
      return rows.length > 0;
    }, 'it waits for the payment');
    await submitEvent(site.deps, { tenant, userId: null, eventType: 'PAID', payload: { invoice: '1' } });
    await untilMoved(site, ['inFlightActions', 'liveExecutions', 'heartbeatAgeSeconds']);
    held.open();
    await untilStatus(id, 'completed');
    await untilMoved(site, movedBy.work);
    expect([...site.labelled]).toEqual(
      expect.arrayContaining([
        'baton_activations_total{cold}',
        'baton_activations_total{warm}',
        'baton_activation_seconds{cold}',
        'baton_activation_seconds{warm}',
        'baton_tasks_ended_total{canceled}',
        'baton_events_submitted_total{bus}',
        'baton_events_submitted_total{signal}',
      ]),
    );
  });

  it('of executions that wait for the worker move', async () => {
    const site = await open();
    site.runtime.registerWorkflow(async () => 'done', { name: 'Quick' });
    const held = gate();
    let loads = 0;
    const wrapStore = (store: ExecutionStore): ExecutionStore => ({
      ...store,
      load: async (query) => {
        loads += 1;
        await held.isOpen;
        return store.load(query);
      },
    });
    await site.startWorker({ wrapStore });
    // Two rounds at a time: while both are held up, a third execution waits.
    for (const round of [1, 2]) {
      await site.runtime.startWorkflow('Quick', { tenant });
      await until(() => loads === round, `round ${round} loads`);
    }
    const last = await site.runtime.startWorkflow('Quick', { tenant });
    await untilMoved(site, movedBy.load);
    held.open();
    await site.untilStatus(last, 'completed');
  });

  it('of ownership move', async () => {
    const site = await open();
    site.runtime.registerWorkflow(async ({ events }: WorkflowContext) => void (await events.waitFor('Go')), {
      name: 'Waiting',
    });
    let answers = 0;
    const wrapStore = (store: ExecutionStore): ExecutionStore => ({
      ...store,
      flush: async (batch) => {
        const won = await store.flush(batch);
        answers += 1;
        // Of the first commit it is said that others were faster.
        return answers === 1 ? new Set() : won;
      },
    });
    const first = await site.startWorker({ wrapStore });
    const id = await site.runtime.startWorkflow('Waiting', { tenant });
    await site.untilStatus(id, 'waiting');
    await site.startWorker({ replaces: first.workerId });
    await untilMoved(site, movedBy.ownership);
    await site.runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant });
    await site.untilStatus(id, 'completed');
  });

  it('of code that is missing, or does not fit, move', async () => {
    const site = await open();
    const codeOf = (version: string, isChanged = false) => {
      const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps: site.deps });
      runtime.registerWorkflow(
        async ({ events, setState }: WorkflowContext) => {
          if (isChanged) setState('changed');
          await events.waitFor('Go');
        },
        { name: 'Order', version },
      );
      return runtime;
    };
    const settings = { deferralPatienceMs: 100, stuck: { everyMs: 50, olderThanMs: 0 } };
    const old = await site.startWorker({ runtime: codeOf('1'), settings });
    const id = await site.runtime.startWorkflow('Order', { tenant });
    await site.untilStatus(id, 'waiting');
    await codeOf('2').publish();
    await makeVersionCurrent(site.sql, { name: 'Order', version: '2' });
    const next = await site.runtime.startWorkflow('Order', { tenant });
    await untilMoved(site, ['deferredExecutions', 'stuckExecutions']);
    const other = await site.startWorker({ runtime: codeOf('2'), settings });
    await site.untilStatus(next, 'waiting');
    // Half of the partitions are the old worker's: some of these begin there.
    const later = Array.from({ length: 20 }, () => site.runtime.startWorkflow('Order', { tenant }));
    for (const order of await Promise.all(later)) await site.untilStatus(order, 'waiting');
    await untilMoved(site, ['partitionsOffered']);
    await old.worker.stop();
    await other.worker.stop();
    await site.startWorker({ runtime: codeOf('1', true), settings });
    await site.runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant });
    await site.untilStatus(id, 'blocked_on_code');
    await untilMoved(site, movedBy.code);
  });

  it('of limits and of what is put aside move', async () => {
    const site = await open({ limits: limitsOf({ ...defaultMost, payload_size: 1_000 }) });
    site.runtime.registerWorkflow(async () => 'done', { name: 'Quick' });
    let refused = '';
    const wrapStore = (store: ExecutionStore): ExecutionStore => ({
      ...store,
      flush: async (batch) => {
        const isBad = batch.executions.some(({ executionId, end }) => executionId === refused && end !== null);
        if (isBad) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
        return store.flush(batch);
      },
    });
    await site.runtime.publish();
    refused = await site.runtime.startWorkflow('Quick', { tenant });
    await site.startWorker({ wrapStore });
    await site.untilStatus(refused, 'blocked_on_code');
    const initialData = { text: 'x'.repeat(2_000) };
    await expect(site.runtime.startWorkflow('Quick', { tenant, initialData })).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    await untilMoved(site, movedBy.limits);
  });

  it.runIf(canRunOwnRedis)('of Redis and of open pages move', async () => {
    const redis = await createOwnRedisServer();
    const movement = recordMovement();
    const common = { url: redis.url, prefix: 'moving:', logger: silentLogger, metrics: movement.metrics };
    const publisher = createRedisHintPublisher(common);
    try {
      const site = await open({ hints: publisher });
      site.runtime.registerWorkflow(async () => 'done', { name: 'Quick' });
      // Somebody read a hint and was killed.
      const key = hintStreamKey({ prefix: 'moving:', partitionId: 1 });
      await redis.withClient(async (client) => {
        await client.xgroup('CREATE', key, hintGroup, '0', 'MKSTREAM');
        await client.xadd(key, '*', 'e', 'b2f1c9a0-0000-7000-8000-000000000000');
        await client.xreadgroup('GROUP', hintGroup, 'killed', 'COUNT', 10, 'STREAMS', key, '>');
      });
      const source = createRedisHintSource({ ...common, workerId: 'moving', blockMs: 200 });
      await site.startWorker({ hints: source });
      await untilMoved(movement, ['hintsReclaimed', 'redisUp']);
      await site.untilStatus(await site.runtime.startWorkflow('Quick', { tenant }), 'completed');
      await untilMoved(movement, ['hintsPublished', 'hintsRead']);
      await redis.flush();
      await untilMoved(movement, ['hintHeals']);

      const counter = createChangeCounter({ sql: site.sql });
      const hub = createLiveHub({ ...common, redisUrl: redis.url, counter });
      const live = createRedisLivePublisher({ ...common, counter });
      hub.subscribe({ tenant, listener: () => undefined });
      await live.publish({ changes: [{ tenant, topic: 'task', id: 't1' }] });
      await untilMoved(movement, movedBy.pages);
      await Promise.all([hub.close(), live.close()]);

      await redis.stop();
      await untilMoved(movement, ['redisOutages']);
      for (let batch = 0; batch < 12; batch += 1) {
        const hints = Array.from({ length: 1_000 }, (_, n) => ({ partitionId: 1, executionId: `${batch}-${n}` }));
        await publisher.publish({ hints });
      }
      await untilMoved(movement, movedBy.redis);
    } finally {
      await opened?.close();
      opened = null;
      await publisher.close();
      await redis.remove();
    }
  });
});
