/** From the results of all rounds to what is printed. */
import { median, round } from './measure';
import type { CaseResult, Cost, Quantiles, SubjectName, Workload } from './protocol';

/** One line of JSON a workload. Rates are medians over the rounds; ratios are medians of the rounds' own ratios. */
export interface WorkloadLine {
  readonly workload: Workload;
  /** Executions (W1) or resumes (W2) a second. */
  readonly ours: number;
  readonly floor: number;
  readonly batchFloor: number;
  readonly ratioToFloor: number;
  readonly ratioToBatchFloor: number;
  /** W2: signal to done one at a time, p50 and p95 in milliseconds, and ours as a multiple of the floor's p50. */
  readonly signalToDoneMs: Readonly<Record<SubjectName, { p50: number; p95: number }>> | null;
  readonly latencyToFloor: number | null;
  /** Of the engine, an execution. */
  readonly cost: Cost;
  readonly loadedLatencyMs: { readonly p50: number; readonly p95: number };
  readonly runs: number;
  readonly violations: readonly string[];
}

type Round = Readonly<Record<SubjectName, CaseResult>>;

export function lineOf(workload: Workload, rounds: readonly Round[]): WorkloadLine {
  const rate = (subject: SubjectName) => median(rounds.map((each) => each[subject].perSecond));
  const ratio = (to: SubjectName) => round(median(rounds.map((each) => each.ours.perSecond / each[to].perSecond)), 3);
  const latency = (subject: SubjectName) => medianQuantiles(rounds.map((each) => each[subject].signalToDoneMs));
  const hasLatency = rounds.every((each) => each.ours.signalToDoneMs !== null);
  return {
    workload,
    ours: rate('ours'),
    floor: rate('floor'),
    batchFloor: rate('batchFloor'),
    ratioToFloor: ratio('floor'),
    ratioToBatchFloor: ratio('batchFloor'),
    signalToDoneMs: hasLatency
      ? { ours: latency('ours'), floor: latency('floor'), batchFloor: latency('batchFloor') }
      : null,
    latencyToFloor: hasLatency
      ? round(median(rounds.map((each) => p50(each.ours.signalToDoneMs) / p50(each.floor.signalToDoneMs))))
      : null,
    cost: medianCost(rounds.map((each) => each.ours.cost)),
    loadedLatencyMs: medianQuantiles(rounds.map((each) => each.ours.loadedLatencyMs)),
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
  W1: 'pipelines of 5 steps, executions/s',
  W2: 'approvals parked and resumed, resumes/s',
};

export function tableOf(line: WorkloadLine): string {
  const { cost } = line;
  const rows = [
    `${line.workload}  ${what[line.workload]}`,
    `    floor ${line.floor}   batch floor ${line.batchFloor}   ours ${line.ours}   ` +
      `(${line.ratioToFloor} of the floor, ${line.ratioToBatchFloor} of the batch floor)`,
    `    an execution: ${cost.statements ?? '?'} statements, ${cost.commits} commits, ${cost.walBytes} bytes of WAL; CPU ms: ` +
      `worker ${cost.workerCpuMs}, client ${cost.clientCpuMs}, Postgres ${cost.postgresCpuMs ?? '?'}`,
    `    under load p50 ${line.loadedLatencyMs.p50} ms, p95 ${line.loadedLatencyMs.p95} ms; ` +
      `other processes used ${cost.othersCpu ?? '?'} cores meanwhile`,
  ];
  if (line.signalToDoneMs !== null) {
    const of = (subject: SubjectName) => {
      const values = line.signalToDoneMs?.[subject];
      return `${values?.p50} / ${values?.p95}`;
    };
    rows.push(
      `    signal to done, one at a time, p50 / p95 ms: floor ${of('floor')}   batch floor ${of('batchFloor')}   ` +
        `ours ${of('ours')}   (${line.latencyToFloor} x the floor)`,
    );
  }
  for (const violation of line.violations) rows.push(`    VIOLATION ${violation}`);
  return rows.join('\n');
}
