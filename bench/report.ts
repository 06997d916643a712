/** From the results of all rounds to what is printed. */
import { median, round } from './measure';
import type { CaseResult, Cost, Quantiles, SubjectName, Workload } from './protocol';

export const unitOf: Record<Workload, string> = {
  W1: 'executions/s',
  W2: 'resumes/s',
  W3: 'ms a fan-out',
  W4: 'ms a round',
  W5: 'ms to the first step',
  parked: 'resumes/s',
};

/** One line of JSON a workload. Values are medians over the rounds; ratios are medians of the rounds' own ratios. */
export interface WorkloadLine {
  readonly workload: Workload;
  readonly unit: string;
  /** W1, W2 and parked a second: more is better. The others are milliseconds: less is better. */
  readonly ours: number;
  readonly floor: number;
  readonly batchFloor: number;
  readonly ratioToFloor: number;
  readonly ratioToBatchFloor: number;
  /** One at a time, p50 and p95 in milliseconds, and ours as a multiple of the floor's p50. */
  readonly latencyMs: Readonly<Record<SubjectName, { p50: number; p95: number }>> | null;
  readonly latencyToFloor: number | null;
  readonly loadedLatencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Of the engine alone, as in `CaseResult`. */
  readonly parkedMegabytes: number | null;
  readonly growth: CaseResult['growth'];
  readonly coldStartMs: number | null;
  readonly laterColdStartMs: number | null;
  /** Of the engine, an execution; in W4 a round. */
  readonly cost: Cost;
  readonly runs: number;
  readonly violations: readonly string[];
}

type Round = Readonly<Record<SubjectName, CaseResult>>;

export function lineOf(workload: Workload, rounds: readonly Round[]): WorkloadLine {
  const value = (subject: SubjectName) => median(rounds.map((each) => each[subject].value));
  const ratio = (to: SubjectName) => round(median(rounds.map((each) => each.ours.value / each[to].value)), 3);
  const latency = (subject: SubjectName) => medianQuantiles(rounds.map((each) => each[subject].latencyMs));
  const hasLatency = rounds.every((each) => each.ours.latencyMs !== null);
  const last = rounds.at(-1)?.ours;
  return {
    workload,
    unit: unitOf[workload],
    ours: value('ours'),
    floor: value('floor'),
    batchFloor: value('batchFloor'),
    ratioToFloor: ratio('floor'),
    ratioToBatchFloor: ratio('batchFloor'),
    latencyMs: hasLatency
      ? { ours: latency('ours'), floor: latency('floor'), batchFloor: latency('batchFloor') }
      : null,
    latencyToFloor: hasLatency
      ? round(median(rounds.map((each) => p50(each.ours.latencyMs) / p50(each.floor.latencyMs))))
      : null,
    loadedLatencyMs: last?.loadedLatencyMs ? medianQuantiles(rounds.map((each) => each.ours.loadedLatencyMs)) : null,
    parkedMegabytes: last?.parkedMegabytes ?? null,
    growth: last?.growth ?? null,
    coldStartMs: last?.coldStartMs ? round(last.coldStartMs) : null,
    laterColdStartMs: last?.laterColdStartMs ? round(last.laterColdStartMs) : null,
    cost: medianCost(rounds.map((each) => each.ours.cost)),
    runs: rounds.length * 3,
    violations: rounds.flatMap((each) =>
      Object.values(each).flatMap(({ subject, violations }) => violations.map((text) => `${subject}: ${text}`)),
    ),
  };
}

const p50 = (values: Quantiles | null): number => values?.p50 ?? 0;

function medianQuantiles(values: readonly (Quantiles | null)[]): { readonly p50: number; readonly p95: number } {
  return { p50: median(values.map(p50)), p95: median(values.map((each) => each?.p95 ?? 0)) };
}

function medianCost(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost): number => median(costs.map((cost) => cost[key] ?? 0));
  const orNull = (key: keyof Cost): number | null => (costs.some((cost) => cost[key] === null) ? null : of(key));
  return {
    statements: orNull('statements'),
    commits: of('commits'),
    walBytes: of('walBytes'),
    workerCpuMs: of('workerCpuMs'),
    clientCpuMs: of('clientCpuMs'),
    postgresCpuMs: orNull('postgresCpuMs'),
    othersCpu: orNull('othersCpu'),
  };
}

const what: Record<Workload, string> = {
  W1: 'pipelines of 5 steps',
  W2: 'approvals parked and resumed',
  W3: 'fan-outs of 100 steps, one at a time',
  W4: 'rounds of a signal and a step in one execution, one at a time',
  W5: 'starts, one at a time',
  parked: '100,000 approvals parked, then all resumed',
};

export function tableOf(line: WorkloadLine): string {
  const { cost, growth } = line;
  const rows = [
    `${line.workload}  ${what[line.workload]}, ${line.unit}`,
    `    floor ${line.floor}   batch floor ${line.batchFloor}   ours ${line.ours}   ` +
      `(${line.ratioToFloor} of the floor, ${line.ratioToBatchFloor} of the batch floor)`,
    `    ${line.workload === 'W4' ? 'a round' : 'an execution'}: ${cost.statements ?? '?'} statements, ` +
      `${cost.commits} commits, ${cost.walBytes} bytes of WAL; CPU ms: ` +
      `worker ${cost.workerCpuMs}, client ${cost.clientCpuMs}, Postgres ${cost.postgresCpuMs ?? '?'}`,
    `    other processes used ${cost.othersCpu ?? '?'} cores meanwhile`,
  ];
  if (line.loadedLatencyMs)
    rows.push(`    under load p50 ${line.loadedLatencyMs.p50} ms, p95 ${line.loadedLatencyMs.p95} ms`);
  if (line.latencyMs) rows.push(latencyRow(line.latencyMs, line.latencyToFloor));
  if (line.parkedMegabytes !== null) rows.push(`    worker with all parked: ${line.parkedMegabytes} MB`);
  if (growth) {
    for (const [name, { firstMs, lastMs, ratio }] of Object.entries(growth)) {
      rows.push(`    ${name}: rounds 1-100 ${firstMs} ms, rounds 901-1000 ${lastMs} ms, ${ratio} times as much`);
    }
  }
  if (line.coldStartMs !== null) {
    rows.push(
      `    cold start of the whole log: ${line.coldStartMs} ms the first time in a process, ` +
        `${line.laterColdStartMs} ms later`,
    );
  }
  for (const violation of line.violations) rows.push(`    VIOLATION ${violation}`);
  return rows.join('\n');
}

function latencyRow(latencyMs: NonNullable<WorkloadLine['latencyMs']>, toFloor: number | null): string {
  const of = (subject: SubjectName) => `${latencyMs[subject].p50} / ${latencyMs[subject].p95}`;
  return (
    `    one at a time, p50 / p95 ms: floor ${of('floor')}   batch floor ${of('batchFloor')}   ` +
    `ours ${of('ours')}   (${toFloor} x the floor)`
  );
}
