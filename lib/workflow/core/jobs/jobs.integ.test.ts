import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import type { JobStore, JobTransport } from '../../model/ports/jobs';
import { createJobStore } from '../../persistence/jobs/jobStore';
import { absentJobQueue, createJobQueue } from '../../streams/jobQueue';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createHarness, until, type Harness } from '../../testing/harness';
import { systemClock } from '../actions/runHandler';
import { JobWorker } from './jobWorker';

const redisUrl = inject('testRedisServerUrl');

// Where no Redis can be had, the product works on rows alone, and so is tested.
describe.each(redisUrl === '' ? (['rows alone'] as const) : (['BullMQ', 'rows alone'] as const))(
  'dispatched actions over %s',
  (kind) => {
    let harness: Harness;
    let transport: JobTransport;
    const workers: JobWorker[] = [];
    const transports: JobTransport[] = [];
    /** What the handler does, by the execution's data. */
    let handler: (attempt: number, context: { signal: AbortSignal; report: (progress: unknown) => void }) => unknown;
    const keys = new Set<string>();

    const prefix = `jobs-test-${randomUUID()}:`;
    const connect = (): JobTransport => {
      const made =
        kind === 'BullMQ'
          ? createJobQueue({ url: redisUrl, prefix, logger: silentLogger, metrics: silentMetrics })
          : { ...absentJobQueue, lookEveryMs: 20 };
      transports.push(made);
      return made;
    };

    beforeAll(async () => {
      transport = connect();
      harness = await createHarness({ jobs: transport });
      harness.actions.registerSimpleAction(
        'renderReport',
        'Takes its time',
        [{ name: 'pages', type: 'number', defaultValue: 3 }],
        ({ pages }, { attempt, signal, reportProgress, idempotencyKey }) => {
          keys.add(idempotencyKey);
          return Promise.resolve(handler(attempt, { signal, report: reportProgress })).then((result) => ({
            result,
            pages,
          }));
        },
        { dispatch: { heartbeatTimeoutMs: 3_000 }, retry: { attempts: 3, backoffMs: 1 } },
      );
      const reportingWorkflow = ({ actions }: WorkflowContext) => actions.renderReport();
      harness.runtime.registerWorkflow(reportingWorkflow);
      const branchingWorkflow = ({ actions, all, scope }: WorkflowContext) =>
        all([() => actions.renderReport({ pages: 1 }), () => scope('late', () => actions.renderReport({ pages: 2 }))]);
      harness.runtime.registerWorkflow(branchingWorkflow);
      await harness.startWorker();
    });
    afterAll(async () => {
      await Promise.all(workers.map((worker) => worker.stop(0)));
      await harness.close();
      await Promise.all(transports.map((each) => each.close()));
    });
    beforeEach(() => keys.clear());

    const startJobWorker = (own: JobTransport = connect(), faults: Partial<JobStore> = {}): JobWorker => {
      const worker = new JobWorker({
        store: { ...createJobStore({ sql: harness.sql }), ...faults },
        transport: own,
        registry: harness.actions,
        hints: harness.deps.hints,
        logger: silentLogger,
        clock: systemClock,
        claimedBy: `test-${workers.length}`,
        concurrency: 4,
      });
      workers.push(worker);
      worker.start();
      return worker;
    };
    const start = () => harness.runtime.startWorkflow('Reporting', { tenant: 'acme' });
    const resultOf = async (id: string) =>
      (await harness.sql`SELECT result, error FROM workflow_executions WHERE execution_id = ${id}`)[0];
    const jobOf = async (id: string) => (await harness.sql`SELECT * FROM workflow_jobs WHERE execution_id = ${id}`)[0];

    it('wait as rows until a job worker takes them; their results come through the inbox', async () => {
      handler = () => 'done';
      const executionId = await start();
      await harness.untilStatus(executionId, 'waiting');
      expect(await jobOf(executionId)).toMatchObject({ status: 'queued', attempts: 0, action_name: 'renderReport' });
      startJobWorker(transport);
      await harness.untilStatus(executionId, 'completed');
      expect(await resultOf(executionId)).toMatchObject({ result: { result: 'done', pages: 3 } });
      expect((await harness.history(executionId)).map(({ kind: entry }) => entry)).toEqual([
        'execution_started',
        'action_completed',
        'execution_completed',
      ]);
      expect(keys).toEqual(new Set([`${executionId}:renderReport#1`]));
      const rows = await harness.sql`
      SELECT status, params, attempts FROM workflow_action_results WHERE execution_id = ${executionId}`;
      expect(rows).toEqual([{ status: 'completed', params: { pages: 3 }, attempts: 1 }]);
    });

    it('run within branches and scopes', async () => {
      handler = () => 'done';
      const executionId = await harness.runtime.startWorkflow('Branching', { tenant: 'acme' });
      await harness.untilStatus(executionId, 'completed', 'blocked_on_code');
      expect(await resultOf(executionId)).toMatchObject({ result: [{ pages: 1 }, { pages: 2 }] });
    });

    it('are dispatched anew when their execution is retried', async () => {
      handler = () => Promise.reject(new Error('out of paper'));
      const executionId = await start();
      await harness.untilStatus(executionId, 'failed');
      handler = () => 'done';
      await harness.runtime.retryExecution({ tenant: 'acme', executionId });
      await harness.untilStatus(executionId, 'completed', 'blocked_on_code');
      expect(await resultOf(executionId)).toMatchObject({ result: { result: 'done', pages: 3 } });
      expect(keys).toEqual(new Set([`${executionId}:renderReport#1`]));
    });

    it.each(['canceled', 'terminated'] as const)('end with an execution that is %s', async (end) => {
      let aborted = false;
      let running = false;
      handler = (_, { signal }) => {
        running = true;
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve((aborted = true))));
      };
      const executionId = await start();
      await until(() => running, 'the job runs');
      await harness.untilStatus(executionId, 'waiting');
      const input = { tenant: 'acme', executionId };
      await (end === 'canceled' ? harness.runtime.cancelExecution(input) : harness.runtime.terminateExecution(input));
      await harness.untilStatus(executionId, end);
      await until(async () => (await jobOf(executionId))?.status === 'canceled', 'the job ends');
      // It hears of it with its next heartbeat.
      await until(() => aborted, 'the handler is told');
      const [row] = await harness.sql`
        SELECT status, error ->> 'code' AS code FROM workflow_action_results WHERE execution_id = ${executionId}`;
      expect(row).toEqual({ status: 'failed', code: 'action_aborted' });
    });

    it('show their progress while they run', async () => {
      let finish: () => void = () => undefined;
      handler = (_, { report }) => {
        report({ page: 1 });
        report({ page: 2 });
        return new Promise((resolve) => (finish = () => resolve('rendered')));
      };
      const executionId = await start();
      const progress = async () => JSON.stringify((await jobOf(executionId))?.progress);
      await until(async () => (await progress()) === '{"page":2}', 'the progress is seen');
      expect(await jobOf(executionId)).toMatchObject({ status: 'running', attempts: 1, command_id: 'renderReport#1' });
      finish();
      await harness.untilStatus(executionId, 'completed');
    });

    it('are tried again by their policy, as rows, and fail when it is used up', async () => {
      const attempts: number[] = [];
      handler = (attempt) => {
        attempts.push(attempt);
        throw new Error(`jammed ${attempt}`);
      };
      const executionId = await start();
      await harness.untilStatus(executionId, 'failed');
      expect(attempts).toEqual([1, 2, 3]);
      expect(await resultOf(executionId)).toMatchObject({ error: { message: 'jammed 3' } });
      expect(await jobOf(executionId)).toMatchObject({ status: 'failed', attempts: 3 });
    });

    it('are dispatched again when their heartbeats stop; what the lost one still says does not count', async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
      let revive: () => void = () => undefined;
      let begun = 0;
      handler = (attempt) => {
        begun += 1;
        return attempt > 1 ? 'second' : new Promise((resolve) => (revive = () => resolve('first')));
      };
      // Cut off from the database while its handler runs, and back when it is too late.
      const lost = startJobWorker(connect(), { heartbeat: () => Promise.reject(new Error('cut off')) });
      const executionId = await start();
      await until(() => begun === 1, 'the first attempt runs');
      startJobWorker();
      await harness.untilStatus(executionId, 'completed');
      expect(await resultOf(executionId)).toMatchObject({ result: { result: 'second' } });
      revive();
      await until(() => lost.running === 0, 'the lost one is done');
      expect(await jobOf(executionId)).toMatchObject({ status: 'completed', attempts: 2 });
      const outcomes = (await harness.history(executionId)).filter(({ kind: entry }) => entry.startsWith('action_'));
      expect(outcomes).toHaveLength(1);
      expect(keys).toEqual(new Set([`${executionId}:renderReport#1`]));
    });

    it('go on elsewhere at once when their worker stops, without using up an attempt', async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
      let begun = 0;
      handler = () => {
        begun += 1;
        return begun === 1 ? new Promise(() => undefined) : 'finished';
      };
      const leaving = startJobWorker();
      const executionId = await start();
      await until(() => begun === 1, 'it runs');
      await leaving.stop(0);
      startJobWorker();
      await harness.untilStatus(executionId, 'completed');
      expect(await jobOf(executionId)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('are found by their execution after its worker died meanwhile', async () => {
      let finish: () => void = () => undefined;
      handler = () => new Promise((resolve) => (finish = () => resolve('late')));
      const first = await harness.startWorker();
      const executionId = await start();
      await until(async () => (await jobOf(executionId))?.status === 'running', 'the job runs');
      await harness.startWorker({ replaces: first.workerId });
      finish();
      await harness.untilStatus(executionId, 'completed');
      expect(await resultOf(executionId)).toMatchObject({ result: { result: 'late' } });
      const jobs = await harness.sql`SELECT 1 FROM workflow_jobs WHERE execution_id = ${executionId}`;
      expect(jobs).toHaveLength(1);
    });
  },
);
