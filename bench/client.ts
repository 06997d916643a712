/**
 * The client process of a case: starts the worker process, puts the load on it, measures, and checks what the tables
 * hold afterwards. Sends a `CaseResult` to its parent.
 */
import postgres, { type Sql } from 'postgres';
import { costBetween, nowMs, quantiles, round, runPool, sleep, snapshot, type Snapshot } from './measure';
import { stepsOf, type CaseConfig, type CaseResult, type Kind, type Quantiles } from './protocol';
import { loadSubject } from './subjects/index';
import type { Subject, SubjectClient } from './subjects/subject';
import { WorkerHandle } from './workerHandle';

/** Executions before the measured ones: compiled code, open connections, prepared statements. */
const warmUp = 100;
/** Longest wait for the tables to show what the worker has done. */
const settleMs = 60_000;
/** Between parking and the signal, one at a time: the engine has nothing left to do for the execution. */
const parkedMs = 25;

interface Bench {
  readonly config: CaseConfig;
  readonly subject: Subject;
  readonly sql: Sql;
  readonly worker: WorkerHandle;
  readonly client: SubjectClient;
  readonly snapshot: () => Promise<Snapshot>;
  /** Executions started so far. */
  readonly started: Record<Kind, number>;
}

async function main(): Promise<void> {
  const config = JSON.parse(process.argv[2] ?? '{}') as CaseConfig;
  const subject = await loadSubject(config.subject);
  const sql = postgres(config.databaseUrl, { max: 1, onnotice: () => undefined });
  await subject.prepare(sql);
  const [statements] = await sql`SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'`;
  const worker = new WorkerHandle(config);
  await worker.ready();
  const client = await subject.client((call) => worker.call(call));
  const bench: Bench = {
    config,
    subject,
    sql,
    worker,
    client,
    started: { pipeline: 0, approval: 0 },
    snapshot: () =>
      snapshot({
        sql,
        countsStatements: statements !== undefined,
        postgresPid: config.postgresPid,
        workerCpu: async () => (await worker.report()).cpuSeconds,
      }),
  };
  await warm(bench);
  const result = await (config.workload === 'W1' ? pipelines(bench) : approvals(bench));
  const rssMegabytes = (await worker.report()).rssMegabytes;
  await worker.stop();
  await client.close();
  const violations = [...result.violations, ...(await subject.check(sql, bench.started))];
  await sql.end();
  process.send?.({
    ...result,
    subject: config.subject,
    workload: config.workload,
    workerRssMegabytes: rssMegabytes,
    violations,
  } satisfies CaseResult);
  process.disconnect();
}

type Measured = Omit<CaseResult, 'subject' | 'workload' | 'workerRssMegabytes'>;

async function warm(bench: Bench): Promise<void> {
  await startAll(bench, 'pipeline', warmUp);
  await settled(bench);
}

/** W1: many pipelines of five steps. */
async function pipelines(bench: Bench): Promise<Measured> {
  const { config, worker } = bench;
  await worker.reset(false);
  const before = await bench.snapshot();
  const beganMs = nowMs();
  const startedAt = await startAll(bench, 'pipeline', config.n, 'done');
  await settled(bench);
  const endedMs = nowMs();
  const after = await bench.snapshot();
  const report = await worker.report();
  return {
    perSecond: round((config.n * 1000) / (endedMs - beganMs)),
    loadedLatencyMs: quantiles(report.doneAtMs.map(([id, atMs]) => atMs - (startedAt.get(id) ?? atMs))),
    signalToDoneMs: null,
    parksPerSecond: null,
    cost: costBetween(before, after, config.n),
    violations: stepViolations(report, config.n * stepsOf.pipeline),
  };
}

/** W2: many approvals are parked and then resumed; afterwards some more, one at a time. */
async function approvals(bench: Bench): Promise<Measured> {
  const { config, worker, client, sql, subject } = bench;
  await worker.reset(false);
  const parkBeganMs = nowMs();
  const ids = [...(await startAll(bench, 'approval', config.n, 'first')).keys()];
  await tablesShow(() => subject.countParked(sql), config.n, 'parked');
  const parksPerSecond = round((config.n * 1000) / (nowMs() - parkBeganMs));
  await sleep(1_000);

  const before = await bench.snapshot();
  const signalledAt = new Map<string, number>();
  const done = worker.reached('done', config.n);
  const beganMs = nowMs();
  await runPool(config.n, config.concurrency, async (index) => {
    const id = ids[index] ?? '';
    signalledAt.set(id, nowMs());
    await client.signal(id);
  });
  await done;
  await settled(bench);
  const endedMs = nowMs();
  const after = await bench.snapshot();
  const report = await worker.report();
  return {
    perSecond: round((config.n * 1000) / (endedMs - beganMs)),
    loadedLatencyMs: quantiles(report.doneAtMs.map(([id, atMs]) => atMs - (signalledAt.get(id) ?? atMs))),
    parksPerSecond,
    cost: costBetween(before, after, config.n),
    violations: stepViolations(report, config.n * stepsOf.approval),
    signalToDoneMs: await oneAtATime(bench),
  };
}

async function oneAtATime(bench: Bench): Promise<Quantiles> {
  const { config, worker, client } = bench;
  await worker.reset(true);
  const latencies: number[] = [];
  for (let index = 0; index < config.latencySamples; index += 1) {
    const id = await client.start('approval');
    bench.started.approval += 1;
    await sleep(parkedMs);
    const done = worker.marked('done', id);
    const signalledMs = nowMs();
    await client.signal(id);
    latencies.push((await done) - signalledMs);
  }
  await settled(bench);
  return quantiles(latencies);
}

/** Starts so many; with a mark, resolves when all have passed it. Answers with the instants of the calls. */
async function startAll(bench: Bench, kind: Kind, n: number, mark?: 'first' | 'done'): Promise<Map<string, number>> {
  const passed = mark === undefined ? undefined : bench.worker.reached(mark, n);
  const startedAt = new Map<string, number>();
  await runPool(n, bench.config.concurrency, async () => {
    const atMs = nowMs();
    startedAt.set(await bench.client.start(kind), atMs);
  });
  bench.started[kind] += n;
  await passed;
  return startedAt;
}

/** Resolves when the tables show all that was started as complete. */
async function settled({ subject, sql, started }: Bench): Promise<void> {
  await tablesShow(() => subject.countDone(sql), started.pipeline + started.approval, 'complete');
}

async function tablesShow(count: () => Promise<number>, wanted: number, what: string): Promise<void> {
  const deadline = nowMs() + settleMs;
  for (;;) {
    const found = await count();
    if (found >= wanted) return;
    if (nowMs() > deadline) throw new Error(`The tables show ${found} executions ${what}, not ${wanted}.`);
    await sleep(5);
  }
}

function stepViolations(report: { stepsRun: number; stepsRepeated: number }, expected: number): string[] {
  const { stepsRun, stepsRepeated } = report;
  if (stepsRun === expected && stepsRepeated === 0) return [];
  return [`${stepsRun} steps ran instead of ${expected}, ${stepsRepeated} of them again`];
}

await main();
