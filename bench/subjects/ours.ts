/**
 * The product as it ships: the worker process as `worker/main.ts` makes it, the client calling what the web calls.
 * Nothing is set that an installation would not have by default.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Sql } from 'postgres';
import { closeDatabase } from '../../lib/db/client';
import { env } from '../../lib/env';
import {
  connectFromEnvironment,
  createWorkerFor,
  enqueueEvent,
  getWorkflowRuntime,
  provideEngine,
  startWorkflow,
} from '../../lib/workflow/index';
import type { WorkflowContext } from '../../lib/workflow/authoring';
import { drainMacrotask, processSandbox } from '../../lib/workflow/core/sandbox';
import { createPostgresStore } from '../../lib/workflow/persistence/executions/postgresStore';
import { replay } from '../../lib/workflow/replay/replay';
import { createPinoLogger } from '../../lib/workflow/telemetry/pinoLogger';
import { createPromMetrics } from '../../lib/workflow/telemetry/promMetrics';
import { nowMs } from '../measure';
import { kinds, signalsOf, stepsOf, type Kind } from '../protocol';
import type { Marks, Subject, SubjectWorker } from './subject';

const tenant = 'bench';
const names: Record<Kind, string> = {
  pipeline: 'BenchPipeline',
  approval: 'BenchApproval',
  fanOut: 'BenchFanOut',
  rounds: 'BenchRounds',
  hello: 'BenchHello',
};
/** Entries of a log: start, outcomes, waits and their events, end. */
const entriesOf = (kind: Kind): number =>
  2 + stepsOf[kind] + 2 * signalsOf[kind] + (kind === 'rounds' ? 2 * stepsOf.rounds : 0);

export const ours: Subject = {
  needsMigrations: true,
  prepare: async () => undefined,
  worker: async (_config, marks) => startWorker(marks),
  client: async () => {
    const deps = await connectFromEnvironment();
    provideEngine(deps);
    return {
      start: (kind) => startWorkflow(names[kind], { tenant }),
      signal: async (executionId) => {
        await enqueueEvent({ tenant, execution_id: executionId, event_name: 'Go' });
      },
      close: async () => {
        await Promise.all([deps.hints.close(), deps.live.close()]);
        await closeDatabase();
      },
    };
  },
  coldStart: (id) => coldStart(id),
  countDone: (sql) => countStatus(sql, 'completed'),
  countParked: (sql) => countStatus(sql, 'waiting'),
  check,
};

async function countStatus(sql: Sql, status: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*)::int FROM workflow_executions WHERE status = ${status}`;
  return row?.count ?? 0;
}

let coldStart = (_id: string): Promise<number> => Promise.reject(new Error('The worker has not started.'));

async function startWorker(marks: Marks): Promise<SubjectWorker> {
  const { logLevel } = env();
  const workerId = randomUUID();
  const logger = createPinoLogger({ level: logLevel, service: 'worker' }).child({ workerId });
  const metrics = createPromMetrics({ labels: { workerId }, withProcessMetrics: true });
  const deps = await connectFromEnvironment({ logger, metrics });
  provideEngine(deps);
  const runtime = getWorkflowRuntime();
  runtime.actions.registerSimpleAction(
    'benchStep',
    'One step of a bench',
    [{ name: 'index', type: 'number', required: true }],
    ({ index }, { executionId }) => marks.step(executionId, index),
  );
  const code: Record<Kind, (context: WorkflowContext) => Promise<unknown>> = {
    pipeline: async ({ actions }) => {
      for (let index = 0; index < stepsOf.pipeline; index += 1) await actions.benchStep({ index });
    },
    approval: async ({ actions, events }) => {
      await actions.benchStep({ index: 0 });
      await events.waitFor('Go');
      await actions.benchStep({ index: 1 });
    },
    fanOut: ({ actions }) =>
      Promise.all(
        Array.from({ length: stepsOf.fanOut }, (_, index) => actions.benchStep({ index }) as Promise<unknown>),
      ),
    // With a new state and a piece of data each time: 5,000 entries at the end.
    rounds: async ({ actions, events, data, setState }) => {
      for (let index = 0; index < stepsOf.rounds; index += 1) {
        await events.waitFor('Go');
        await actions.benchStep({ index });
        setState(`round ${index}`);
        data.set('round', index);
      }
    },
    hello: ({ actions }) => actions.benchStep({ index: 0 }) as Promise<unknown>,
  };
  for (const kind of kinds) {
    runtime.registerWorkflow(
      async (context: WorkflowContext) => {
        await code[kind](context);
        marks.done(context.executionId);
      },
      { name: names[kind] },
    );
  }
  await runtime.publish();
  const { worker, close } = createWorkerFor({
    deps,
    runtime,
    identity: { workerId, host: hostname(), pid: process.pid, codeVersion: runtime.workflows.fingerprint },
    replaces: null,
    onFenced: () => {
      process.stderr.write('The worker of the bench was fenced.\n');
      process.exit(1);
    },
  });
  await worker.start();
  const store = createPostgresStore({ sql: deps.sql });
  coldStart = async (executionId) => {
    const beganMs = nowMs();
    const [loaded] = await store.load({ executions: [{ executionId, partitionId: 0 }] });
    const definition = loaded && runtime.workflows.find(loaded.workflowName, loaded.workflowVersion);
    if (!definition) throw new Error(`There is no execution ${executionId}.`);
    const { history } = loaded;
    // Without its end: an execution that is brought back has not ended.
    await replay({
      definition,
      identity: { executionId, tenant },
      history: history.slice(0, -1),
      sandbox: processSandbox(),
      drain: drainMacrotask,
    });
    return nowMs() - beganMs;
  };
  return {
    stop: async () => {
      await worker.stop();
      await Promise.all([close(), deps.hints.close(), deps.live.close()]);
      await closeDatabase();
    },
  };
}

async function check(sql: Sql, ended: Readonly<Record<Kind, number>>): Promise<string[]> {
  const rows = await sql<
    { name: string; status: string; head: number; entries: number; highest: number; results: number; runs: number }[]
  >`
    SELECT e.workflow_name AS name, e.status, e.head_seq AS head, l.entries, l.highest, r.results, count(*)::int AS runs
    FROM workflow_executions e
    JOIN (SELECT execution_id, count(*)::int AS entries, max(seq) AS highest FROM workflow_events
          WHERE seq IS NOT NULL GROUP BY 1) l USING (execution_id)
    JOIN (SELECT execution_id, count(*) FILTER (WHERE status = 'completed' AND attempts = 1)::int AS results
          FROM workflow_action_results GROUP BY 1) r USING (execution_id)
    GROUP BY 1, 2, 3, 4, 5, 6`;
  const violations: string[] = [];
  for (const kind of kinds) {
    const entries = entriesOf(kind);
    const good = rows.filter(
      (row) =>
        row.name === names[kind] &&
        row.status === 'completed' &&
        [row.head, row.entries, row.highest].every((each) => each === entries) &&
        row.results === stepsOf[kind],
    );
    const found = good.reduce((sum, row) => sum + row.runs, 0);
    if (found === ended[kind]) continue;
    const others = rows.filter((row) => row.name === names[kind] && !good.includes(row));
    violations.push(
      `${found} executions of ${names[kind]} are complete with a dense log and each step once, instead of ` +
        `${ended[kind]}; others: ${JSON.stringify(others)}`,
    );
  }
  const [inbox] = await sql<{ count: number }[]>`SELECT count(*)::int FROM workflow_events WHERE seq IS NULL`;
  if (inbox?.count !== 0) violations.push(`${inbox?.count} rows are left in the inbox`);
  return violations;
}
