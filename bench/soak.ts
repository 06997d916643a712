/**
 * `npm run soak -- [--executions 100000]`: one worker on a throw-away Postgres, without Redis. Executions are parked for
 * three days that are skipped, slice by slice, in one process. Memory and the cost of a wake must stay what they were:
 * the last slices are compared with the first ones.
 */
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRawClient } from '../lib/db/rawClient';
import type { WorkflowContext } from '../lib/workflow/authoring';
import { createActionRegistry } from '../lib/workflow/core/actionRegistry';
import type { EngineDeps } from '../lib/workflow/core/engineDeps';
import { startWorkflow } from '../lib/workflow/core/startWorkflow';
import { defaultWorkerSettings, Worker } from '../lib/workflow/core/worker/worker';
import { createWorkflowRuntime } from '../lib/workflow/core/workflowRuntime';
import { absentHintPublisher, absentHintSource } from '../lib/workflow/streams/absentHints';
import { workerPartsOver } from '../lib/workflow/workerParts';
import { silentLogger } from '../lib/workflow/telemetry/silentLogger';
import { silentMetrics } from '../lib/workflow/telemetry/silentMetrics';
import { commandOptions, count } from '../scripts/lib/commandOptions';
import { endWith } from '../scripts/lib/proofReport';
import { median, nowMs, ownCpuSeconds, round, runPool, sleep } from './measure';
import { startBenchServers } from './servers';

const { executions } = commandOptions('npm run soak -- [--executions 100000]', { executions: count(100_000) });
const slices = 20;
const perSlice = Math.ceil(executions / slices);
const sleepDays = 3;
/** How much more than at the beginning is still "the same": garbage and a machine that others use make noise. */
const maxGrowth = 1.3;
const heapNoiseMegabytes = 20;

interface Slice {
  readonly heapMegabytes: number;
  /** Of this process, an execution, from its wake to its end. */
  readonly cpuMsPerWake: number;
}

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const servers = await startBenchServers();
const { databaseUrl } = await servers.openCase({ withTables: true });
const sql = createRawClient({ url: databaseUrl, name: 'soak', max: 8, patienceMs: 5_000 });
const deps: EngineDeps = {
  sql,
  hints: absentHintPublisher,
  live: { publish: () => Promise.resolve(), close: () => Promise.resolve() },
  logger: silentLogger,
  metrics: silentMetrics,
};
const actions = createActionRegistry();
let steps = 0;
actions.registerSimpleAction('soakStep', 'One step of a soak', [], () => {
  steps += 1;
  return { ok: true };
});
const runtime = createWorkflowRuntime({ actions, deps });
runtime.registerWorkflow(
  async (context: WorkflowContext) => {
    await context.actions.soakStep({});
    await context.sleep(`${sleepDays} days`);
    await context.actions.soakStep({});
  },
  { name: 'Soak' },
);
await runtime.publish();

let clockOffsetMs = 0;
const workerId = randomUUID();
const worker = new Worker({
  ...workerPartsOver({
    deps,
    runtime,
    identity: { workerId, host: 'soak', pid: process.pid, codeVersion: 'soak' },
    clockOffsetMs: () => clockOffsetMs,
  }),
  hints: absentHintSource,
  settings: { ...defaultWorkerSettings, sweepWithoutHintsMs: 20 },
  onFenced: () => {
    process.stderr.write('The worker of the soak was fenced.\n');
    process.exit(1);
  },
});
await worker.start();

const began = nowMs();
const measured: Slice[] = [];
for (let slice = 0; slice < slices; slice += 1) measured.push(await runSlice(slice));
const broken = [...(await check()), ...growth(measured)];
await worker.stop();
await sql.end({ timeout: 5 });
await servers.stop();
const last = measured.slice(-5);
endWith({
  table: {
    runs: perSlice * slices,
    steps,
    seconds: (nowMs() - began) / 1000,
    heapMegabytesAtTheEnd: median(last.map((each) => each.heapMegabytes)),
    cpuMsPerWakeAtTheEnd: median(last.map((each) => each.cpuMsPerWake)),
  },
  broken,
});

async function runSlice(slice: number): Promise<Slice> {
  await runPool(perSlice, 64, async () => {
    await startWorkflow(deps, 'Soak', { tenant: 'soak' });
  });
  await until('waiting', perSlice);
  const cpuBefore = ownCpuSeconds();
  clockOffsetMs += sleepDays * 86_400_000 + 1_000;
  await until('completed', perSlice * (slice + 1));
  const cpuMsPerWake = ((ownCpuSeconds() - cpuBefore) * 1000) / perSlice;
  collectGarbage();
  const heapMegabytes = process.memoryUsage().heapUsed / 1e6;
  console.log(
    `${String(perSlice * (slice + 1)).padStart(8)} executions   heap ${round(heapMegabytes)} MB   ` +
      `CPU of a wake ${round(cpuMsPerWake, 3)} ms`,
  );
  return { heapMegabytes, cpuMsPerWake };
}

async function until(status: string, count: number): Promise<void> {
  for (;;) {
    const [row] = await sql<{ count: number }[]>`
      SELECT count(*)::int FROM workflow_executions WHERE status = ${status}`;
    if ((row?.count ?? 0) >= count) return;
    await sleep(50);
  }
}

/** Dense logs of five entries, each step once, nothing left behind. */
async function check(): Promise<string[]> {
  const [row] = await sql<{ good: number; timers: number; waits: number }[]>`
    SELECT (SELECT count(*)::int FROM workflow_executions e
            JOIN (SELECT execution_id, count(*) AS entries, max(seq) AS highest FROM workflow_events
                  WHERE seq IS NOT NULL GROUP BY 1) l USING (execution_id)
            WHERE e.status = 'completed' AND e.head_seq = 6 AND l.entries = 6 AND l.highest = 6) AS good,
           (SELECT count(*)::int FROM workflow_timers) AS timers, (SELECT count(*)::int FROM workflow_waits) AS waits`;
  const violations: string[] = [];
  if (row?.good !== perSlice * slices) violations.push(`${row?.good} executions are complete with a dense log`);
  if (steps !== 2 * perSlice * slices) violations.push(`${steps} steps ran`);
  if (row?.timers !== 0 || row.waits !== 0) violations.push(`${row?.timers} timers and ${row?.waits} waits are left`);
  return violations;
}

/** The first slices warm up. */
function growth(all: readonly Slice[]): string[] {
  const of = (part: readonly Slice[], key: keyof Slice) => median(part.map((slice) => slice[key]));
  const [early, late] = [all.slice(2, 7), all.slice(-5)];
  const heap = [of(early, 'heapMegabytes'), of(late, 'heapMegabytes')] as const;
  const cpu = [of(early, 'cpuMsPerWake'), of(late, 'cpuMsPerWake')] as const;
  return [
    ...(heap[1] > heap[0] * maxGrowth + heapNoiseMegabytes ? [`the heap grew from ${heap[0]} to ${heap[1]} MB`] : []),
    ...(cpu[1] > cpu[0] * maxGrowth ? [`a wake cost ${round(cpu[0], 3)} ms and costs ${round(cpu[1], 3)} ms now`] : []),
  ];
}
