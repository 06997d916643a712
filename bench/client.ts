/**
 * The client process of a case: starts the worker process, puts the load on it, measures, and checks what the tables
 * hold afterwards. Sends a `CaseResult` to its parent.
 */
import postgres, { type Sql } from 'postgres';
import { costBetween, median, nowMs, quantiles, round, runPool, sleep, snapshot, type Snapshot } from './measure';
import {
  historyRounds,
  stepsOf,
  type CaseConfig,
  type CaseResult,
  type Growth,
  type Kind,
  type Mark,
  type Quantiles,
  type Workload,
} from './protocol';
import { loadSubject } from './subjects/index';
import type { Subject, SubjectClient } from './subjects/subject';
import { Workers } from './workers';

/**
 * Executions before the measured ones, of what is measured: a worker runs for weeks, and its code is compiled for good
 * after some seconds. The floors get the same. What a process costs in its first seconds is W4's cold start.
 */
const warmUp = { pipeline: 6_000, approval: 3_000, fanOut: 60, hello: 300 };
/** Longest wait for the tables to show what the worker has done. */
const settleMs = 60_000;
/** Between parking and the signal, one at a time: the engine has nothing left to do for the execution. */
const parkedMs = 25;
/** Between two starts: what the one before left to do is done. */
const betweenStartsMs = 5;
const laterColdStarts = 9;
/** In W4: long enough for the round before to be committed and the execution to be parked. */
const roundPauseMs = 5;

interface Bench {
  readonly config: CaseConfig;
  readonly subject: Subject;
  readonly sql: Sql;
  readonly worker: Workers;
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
  const worker = new Workers(config);
  await worker.ready();
  const client = await subject.client((call) => worker.call(call));
  const bench: Bench = {
    config,
    subject,
    sql,
    worker,
    client,
    started: { pipeline: 0, approval: 0, fanOut: 0, rounds: 0, hello: 0 },
    snapshot: () =>
      snapshot({
        sql,
        countsStatements: statements !== undefined,
        postgresPid: config.postgresPid,
        workerCpu: async () => (await worker.report()).cpuSeconds,
      }),
  };
  await startAll(bench, 'pipeline', config.workload === 'W1' ? warmUp.pipeline : warmUp.pipeline / 10);
  await settled(bench);
  const result = { ...nothing, ...(await measures[config.workload](bench)) };
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

/** What most workloads do not measure. */
const nothing = {
  loadedLatencyMs: null,
  latencyMs: null,
  parksPerSecond: null,
  parkedMegabytes: null,
  growth: null,
  coldStartMs: null,
  laterColdStartMs: null,
};

type Part = Pick<Measured, 'value' | 'cost' | 'violations'> & Partial<Measured>;
const measures: Record<Workload, (bench: Bench) => Promise<Part>> = {
  W1: pipelines,
  W2: approvals,
  W3: fanOuts,
  W4: longLogs,
  W5: starts,
  parked: wakeAll,
};

/** W1: many pipelines of five steps. */
async function pipelines(bench: Bench): Promise<Part> {
  const { config, worker } = bench;
  await worker.reset('none');
  const before = await bench.snapshot();
  const beganMs = nowMs();
  const startedAt = await startAll(bench, 'pipeline', config.n, 'done');
  await settled(bench);
  const endedMs = nowMs();
  const after = await bench.snapshot();
  const report = await worker.report(true);
  return {
    value: round((config.n * 1000) / (endedMs - beganMs)),
    loadedLatencyMs: quantiles(report.doneAtMs.map(([id, atMs]) => atMs - (startedAt.get(id) ?? atMs))),
    cost: costBetween(before, after, config.n),
    violations: stepViolations(report, config.n * stepsOf.pipeline),
  };
}

/** W2: many approvals are parked and then resumed; afterwards some more, one at a time. */
async function approvals(bench: Bench): Promise<Part> {
  await resumeAll(bench, await parkAll(bench, warmUp.approval));
  return { ...(await wakeAll(bench)), latencyMs: await oneAtATime(bench) };
}

/** Parks all and resumes all. */
async function wakeAll(bench: Bench): Promise<Part> {
  const { config, worker } = bench;
  const parkBeganMs = nowMs();
  const ids = await parkAll(bench, config.n);
  const parksPerSecond = round((config.n * 1000) / (nowMs() - parkBeganMs));
  // Until the worker is at rest and has given back what it needs no more.
  await sleep(15_000);
  const parkedMegabytes = (await worker.report()).rssMegabytes;

  const before = await bench.snapshot();
  const beganMs = nowMs();
  const signalledAt = await resumeAll(bench, ids);
  const endedMs = nowMs();
  const after = await bench.snapshot();
  const report = await worker.report(true);
  return {
    value: round((config.n * 1000) / (endedMs - beganMs)),
    loadedLatencyMs: quantiles(report.doneAtMs.map(([id, atMs]) => atMs - (signalledAt.get(id) ?? atMs))),
    parksPerSecond,
    parkedMegabytes,
    cost: costBetween(before, after, config.n),
    violations: stepViolations(report, config.n * stepsOf.approval),
  };
}

/** Starts so many approvals and answers with their ids once the tables show all of them waiting. */
async function parkAll(bench: Bench, n: number): Promise<readonly string[]> {
  await bench.worker.reset('none');
  const ids = [...(await startAll(bench, 'approval', n, 'first')).keys()];
  await tablesShow(() => bench.subject.countParked(bench.sql), n, 'parked');
  return ids;
}

/** Signals all and waits until the tables show them complete. Answers with the instants of the calls. */
async function resumeAll(bench: Bench, ids: readonly string[]): Promise<Map<string, number>> {
  const signalledAt = new Map<string, number>();
  const done = bench.worker.reached('done', ids.length);
  await runPool(ids.length, bench.config.concurrency, async (index) => {
    const id = ids[index] ?? '';
    signalledAt.set(id, nowMs());
    await bench.client.signal(id, 0);
  });
  await done;
  await settled(bench);
  return signalledAt;
}

async function oneAtATime(bench: Bench): Promise<Quantiles> {
  const { config, worker, client } = bench;
  await worker.reset('ends');
  const latencies: number[] = [];
  for (let index = 0; index < config.latencySamples; index += 1) {
    const id = await client.start('approval');
    bench.started.approval += 1;
    await sleep(parkedMs);
    const done = worker.marked('done', id);
    const signalledMs = nowMs();
    await client.signal(id, 0);
    latencies.push((await done) - signalledMs);
  }
  await settled(bench);
  return quantiles(latencies);
}

/** W3: a hundred steps at once, one execution at a time. */
async function fanOuts(bench: Bench): Promise<Part> {
  const n = Math.max(5, Math.round(bench.config.latencySamples / 5));
  await startsOneAtATime(bench, 'fanOut', warmUp.fanOut, 'done');
  await bench.worker.reset('ends');
  return latencyOfStarts(bench, 'fanOut', n, 'done');
}

/** W5: from the call that starts an execution until its first step runs. */
async function starts(bench: Bench): Promise<Part> {
  await startsOneAtATime(bench, 'hello', warmUp.hello, 'first');
  await bench.worker.reset('ends');
  return latencyOfStarts(bench, 'hello', bench.config.latencySamples, 'first');
}

async function latencyOfStarts(bench: Bench, kind: Kind, n: number, mark: Mark): Promise<Part> {
  const before = await bench.snapshot();
  const latencyMs = quantiles(await startsOneAtATime(bench, kind, n, mark));
  const after = await bench.snapshot();
  const violations = stepViolations(await bench.worker.report(), n * stepsOf[kind]);
  return { value: latencyMs.p50, latencyMs, cost: costBetween(before, after, n), violations };
}

async function startsOneAtATime(bench: Bench, kind: Kind, n: number, mark: Mark): Promise<number[]> {
  const latencies: number[] = [];
  await bench.worker.reset('ends');
  for (let index = 0; index < n; index += 1) {
    const beganMs = nowMs();
    const id = await bench.client.start(kind);
    bench.started[kind] += 1;
    latencies.push((await bench.worker.marked(mark, id)) - beganMs);
    await bench.worker.marked('done', id);
    await sleep(betweenStartsMs);
  }
  await settled(bench);
  return latencies;
}

/** W4: one execution with thousands of rounds, and another one that is parked before each signal. */
async function longLogs(bench: Bench): Promise<Part> {
  const { worker, snapshot: snap } = bench;
  // The floors have nothing to park. For the engine this warms up the other one too.
  const parked = bench.config.subject === 'ours' ? await rounds(bench, roundPauseMs) : null;
  const before = await snap();
  const live = await rounds(bench, 0);
  const after = await snap();
  const latencyMs = quantiles(live.latencies);
  const expected = historyRounds;
  return {
    value: latencyMs.p50,
    latencyMs,
    growth: parked && { live: growthOf(live.latencies), parked: growthOf(parked.latencies) },
    ...(await coldStarts(bench, live.id)),
    cost: costBetween(before, after, expected),
    violations: stepViolations(await worker.report(), expected),
  };
}

/** The first one meets code that is not compiled yet. */
async function coldStarts(
  { worker }: Bench,
  id: string,
): Promise<Pick<CaseResult, 'coldStartMs' | 'laterColdStartMs'>> {
  const coldStartMs = await worker.coldStart(id);
  if (coldStartMs === null) return { coldStartMs, laterColdStartMs: null };
  const later: number[] = [];
  for (let index = 0; index < laterColdStarts; index += 1) later.push((await worker.coldStart(id)) ?? 0);
  return { coldStartMs, laterColdStartMs: median(later) };
}

async function rounds(bench: Bench, pauseMs: number): Promise<{ readonly id: string; readonly latencies: number[] }> {
  const { worker, client, started } = bench;
  await worker.reset('steps');
  const id = await client.start('rounds');
  started.rounds += 1;
  await sleep(parkedMs);
  const latencies: number[] = [];
  for (let index = 0; index < historyRounds; index += 1) {
    if (pauseMs > 0) await sleep(pauseMs);
    const step = worker.marked(`step ${index}`, id);
    const signalledMs = nowMs();
    await client.signal(id, index);
    latencies.push((await step) - signalledMs);
  }
  await settled(bench);
  return { id, latencies };
}

function growthOf(latencies: readonly number[]): Growth {
  const firstMs = median(latencies.slice(0, 100));
  const lastMs = median(latencies.slice(900, 1_000));
  return { firstMs: round(firstMs), lastMs: round(lastMs), ratio: round(lastMs / firstMs) };
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
  await tablesShow(
    () => subject.countDone(sql),
    Object.values(started).reduce((sum, count) => sum + count, 0),
    'complete',
  );
}

async function tablesShow(count: () => Promise<number>, wanted: number, what: string): Promise<void> {
  const deadline = nowMs() + settleMs;
  for (;;) {
    const askedMs = nowMs();
    const found = await count();
    if (found >= wanted) return;
    if (nowMs() > deadline) throw new Error(`The tables show ${found} executions ${what}, not ${wanted}.`);
    // Counting a hundred thousand rows all the time would be a load of its own.
    await sleep(Math.max(5, 4 * (nowMs() - askedMs)));
  }
}

function stepViolations(report: { stepsRun: number; stepsRepeated: number }, expected: number): string[] {
  const { stepsRun, stepsRepeated } = report;
  if (stepsRun === expected && stepsRepeated === 0) return [];
  return [`${stepsRun} steps ran instead of ${expected}, ${stepsRepeated} of them again`];
}

await main();
