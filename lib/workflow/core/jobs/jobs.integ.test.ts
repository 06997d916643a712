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
    /** What is printed, and what is taken back. */
    let printing: (
      name: string,
      params: Readonly<Record<string, unknown>>,
      context: { readonly signal: AbortSignal; readonly attempt: number },
    ) => unknown;

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
      for (const name of ['printReport', 'shredReport']) {
        const dispatch = { dispatch: { heartbeatTimeoutMs: 60_000 }, retry: { attempts: 3, backoffMs: 1 } };
        harness.actions.registerSimpleAction(
          name,
          '',
          [],
          (params, context) => printing(name, params, context),
          dispatch,
        );
      }
      const printingWorkflow = async ({ executeActions, events }: WorkflowContext) => {
        const compensateWith = {
          actionName: 'shredReport',
          parameters: ({ sheet }: { sheet: string }) => ({ sheet }),
        };
        const results = await executeActions(
          ['first', 'second', 'third'].map((id, index, all) => ({
            id,
            actionName: 'printReport',
            parameters: { sheet: id },
            compensateWith,
            dependsOn: all.slice(0, index),
          })),
          { onError: 'compensate' },
        );
        if (results.some(({ success }) => !success)) return results;
        return events.waitFor('Never');
      };
      harness.runtime.registerWorkflow(printingWorkflow);
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

    /** The third sheet never comes out: the first two are taken back. */
    const jamming = (shred: (sheet: string, attempt: number) => unknown): typeof printing => {
      return (name, { sheet }, { attempt }) => {
        if (name === 'shredReport') return shred(sheet as string, attempt);
        if (sheet === 'third') throw Object.assign(new Error('jammed'), { transient: false });
        return { sheet };
      };
    };
    const jobsOf = async (executionId: string) => {
      const rows = await harness.sql<{ job: string }[]>`
        SELECT concat(action_name, ' ', args ->> 'sheet', ' ', status, ' ', attempts) AS job FROM workflow_jobs
        WHERE execution_id = ${executionId} ORDER BY created_at, job_id`;
      return rows.map(({ job }) => job);
    };

    it('are undone in reverse by actions that are dispatched too, each with its retries', async () => {
      const undone: string[] = [];
      printing = jamming((sheet, attempt) => {
        if (sheet === 'second' && attempt === 1) throw Object.assign(new Error('full'), { transient: true });
        return void undone.push(sheet);
      });
      if (workers.length === 0) startJobWorker();
      const executionId = await harness.runtime.startWorkflow('Printing', { tenant: 'acme' });
      await harness.untilStatus(executionId, 'completed', 'failed', 'blocked_on_code');
      expect(undone).toEqual(['second', 'first']);
      expect((await resultOf(executionId))?.result).toMatchObject([
        { id: 'first', success: true, compensated: true },
        { id: 'second', success: true, compensated: true },
        { id: 'third', success: false, error: 'jammed' },
      ]);
      expect(await jobsOf(executionId)).toEqual([
        'printReport first completed 1',
        'printReport second completed 1',
        'printReport third failed 1',
        'shredReport second completed 2',
        'shredReport first completed 1',
      ]);
    });

    it('are undone to the end where their execution is canceled meanwhile', async () => {
      const undone: string[] = [];
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      let begun = false;
      printing = jamming(async (sheet) => {
        begun = true;
        await opened;
        undone.push(sheet);
      });
      if (workers.length === 0) startJobWorker();
      const executionId = await harness.runtime.startWorkflow('Printing', { tenant: 'acme' });
      await until(() => begun, 'it is being taken back');
      await harness.runtime.cancelExecution({ tenant: 'acme', executionId });
      const kinds = async () => (await harness.history(executionId)).map(({ kind: entry }) => entry);
      await until(async () => (await kinds()).includes('cancel_requested'), 'the cancel is taken');
      open();
      await harness.untilStatus(executionId, 'canceled', 'completed', 'failed', 'blocked_on_code');
      expect(undone).toEqual(['second', 'first']);
      expect(await jobsOf(executionId)).toEqual([
        'printReport first completed 1',
        'printReport second completed 1',
        'printReport third failed 1',
        'shredReport second completed 1',
        'shredReport first completed 1',
      ]);
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
