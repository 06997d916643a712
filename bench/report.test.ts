import { describe, expect, it } from 'vitest';
import type { CaseResult, SubjectName } from './protocol';
import { lineOf } from './report';

const result = (subject: SubjectName, value: number, p50: number, violations: string[] = []): CaseResult => ({
  subject,
  workload: 'W2',
  value,
  loadedLatencyMs: { n: 1, p50, p95: p50, max: p50 },
  latencyMs: { n: 1, p50, p95: p50 * 2, max: p50 * 3 },
  parksPerSecond: 1,
  parkedMegabytes: null,
  growth: null,
  coldStartMs: null,
  laterColdStartMs: null,
  cost: {
    statements: null,
    commits: 1,
    walBytes: 1,
    workerCpuMs: 1,
    clientCpuMs: 1,
    postgresCpuMs: 1,
    othersCpu: 0,
  },
  workerRssMegabytes: 1,
  violations,
});
const round = (floor: number, batchFloor: number, ours: CaseResult) => ({
  floor: result('floor', floor, 2),
  batchFloor: result('batchFloor', batchFloor, 2),
  ours,
});

describe('lineOf', () => {
  it('takes the median of ratios, each of one round, since rounds differ by the load of the machine', () => {
    const line = lineOf('W2', [
      round(100, 1_000, result('ours', 500, 3)),
      round(10, 100, result('ours', 40, 4)),
      round(50, 500, result('ours', 300, 5)),
    ]);
    expect(line).toMatchObject({ ours: 300, floor: 50, ratioToFloor: 5, ratioToBatchFloor: 0.5, latencyToFloor: 2 });
    expect(line.latencyMs?.ours).toEqual({ p50: 4, p95: 8 });
  });

  it('names who violated what, in any round', () => {
    const line = lineOf('W2', [
      round(1, 1, result('ours', 1, 1)),
      round(1, 1, result('ours', 1, 1, ['a step ran again'])),
    ]);
    expect(line.violations).toEqual(['ours: a step ran again']);
  });

  it('says nothing of statements that nobody counted', () => {
    expect(lineOf('W2', [round(1, 1, result('ours', 1, 1))]).cost.statements).toBeNull();
  });
});
