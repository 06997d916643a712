/** What `/live` and `/ready` of a worker answer, over HTTP, while it works, stops, or has lost something. */
import { afterEach, describe, expect, it } from 'vitest';
import { createActionRegistry } from '../lib/workflow/core/actionRegistry';
import { createActionRunner } from '../lib/workflow/core/actions/actionRunner';
import { systemClock } from '../lib/workflow/core/actions/runHandler';
import { drainMacrotask, processSandbox } from '../lib/workflow/core/sandbox';
import { defaultWorkerSettings, Worker } from '../lib/workflow/core/worker/worker';
import type { WorkflowContext } from '../lib/workflow/model/workflow';
import { absentHintSource } from '../lib/workflow/streams/absentHints';
import { silentLogger } from '../lib/workflow/telemetry/silentLogger';
import { silentMetrics } from '../lib/workflow/telemetry/silentMetrics';
import { startedBody } from '../lib/workflow/testing/contract/startedBody';
import { createMemoryActionResults } from '../lib/workflow/testing/memory/actionResults';
import { createMemoryBus } from '../lib/workflow/testing/memory/busStore';
import { createMemoryStore } from '../lib/workflow/testing/memory/executionStore';
import { createMemoryMembership } from '../lib/workflow/testing/memory/membership';
import { insertExecution } from '../lib/workflow/testing/memory/senders';
import { MemoryTables, type Transport } from '../lib/workflow/testing/memory/tables';
import { checksOf } from './checks';
import { startHealthServer, type HealthServer } from './health';

const partitionId = 1;
const executionId = '019ab000-0000-7000-8000-000000000001';

/** A worker over a database in memory, whose clock is the test's, and its health server. */
async function open({ usedMemory = 0 } = {}) {
  let nowMs = 0;
  let isAway = false;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const tables = new MemoryTables({ nowMs: Date.now, partitionCount: 2 });
  const transport: Transport = async (statement, run) => {
    if (isAway) throw new Error(`The database is away: ${statement}`);
    return run();
  };
  const actions = createActionRegistry();
  actions.registerSimpleAction('hold', 'Waits until the test lets it go', [], () => released);
  const run = async (context: WorkflowContext) => context.actions.hold?.({});
  const ports = { logger: silentLogger, metrics: silentMetrics };
  const results = createMemoryActionResults({ tables, workerId: 'w', onEffect: () => undefined, transport });
  const worker = new Worker({
    ...ports,
    identity: { workerId: 'w', host: 'test', pid: 1, codeVersion: '1' },
    membership: createMemoryMembership({ tables, transport }),
    store: createMemoryStore({ tables, transport }),
    bus: createMemoryBus({ tables, transport }),
    hints: absentHintSource,
    definition: (name, version) => ({ name, version, run }),
    actions: createActionRunner({ ...ports, registry: actions, results, clock: systemClock }),
    tasks: { prepare: () => Promise.reject(new Error('Nobody asks for tasks.')) },
    live: { publish: () => Promise.resolve(), close: () => Promise.resolve() },
    sandbox: processSandbox(),
    drain: drainMacrotask,
    memory: { used: () => usedMemory, most: 100 },
    monotonicMs: () => nowMs,
    settings: {
      ...defaultWorkerSettings,
      membership: { leaseMs: 60_000, heartbeatMs: 20, balanceMs: 20 },
      sweepWithoutHintsMs: 10,
      drainMs: Number.MAX_SAFE_INTEGER,
    },
    onFenced: () => undefined,
  });
  const server = await startHealthServer({
    port: 0,
    ...checksOf(worker),
    metricsPage: async () => ({ contentType: 'text/plain', body: '' }),
  });
  const ask = async (path: string) => {
    const response = await fetch(`http://localhost:${server.port}${path}`);
    const { problems = [] } = (await response.json()) as { problems?: { name: string; problem: string }[] };
    return { status: response.status, problems: problems.map(({ name }) => name), words: problems[0]?.problem };
  };
  return {
    tables,
    worker,
    server,
    ask,
    release,
    pass: (ms: number) => (nowMs += ms),
    lose: () => (isAway = true),
    find: () => (isAway = false),
  };
}

describe('a worker over HTTP', () => {
  const opened: { worker: Worker; server: HealthServer; release: () => void; find: () => void }[] = [];
  afterEach(async () => {
    for (const { worker, server, release, find } of opened.splice(0)) {
      find();
      release();
      await worker.stop();
      await server.close();
    }
  });
  const start = async (options?: Parameters<typeof open>[0]) => {
    const all = await open(options);
    opened.push(all);
    return all;
  };

  it('is ready once it owns partitions', async () => {
    const { worker, ask } = await start();
    expect(await ask('/ready')).toMatchObject({ status: 503, problems: ['partitions'] });
    expect(await ask('/live')).toMatchObject({ status: 200 });
    await worker.start();
    expect(await ask('/ready')).toEqual({ status: 200, problems: [], words: undefined });
  });

  it('is alive and not ready while it drains', async () => {
    const { tables, worker, ask, release } = await start();
    insertExecution(tables, { executionId, partitionId, tenant: 'acme', started: startedBody(executionId) });
    await worker.start();
    await expect.poll(() => worker.state.actions).toBe(1);
    const stopping = worker.stop();
    expect(await ask('/ready')).toMatchObject({
      status: 503,
      problems: ['drain'],
      words: 'The worker stops: it takes nothing more and finishes.',
    });
    expect(await ask('/live')).toMatchObject({ status: 200 });
    release();
    await stopping;
    expect(tables.execution(executionId).results.get('hold#1')).toMatchObject({ status: 'completed' });
  });

  it('is alive and not ready without its database, and ready when that is back', async () => {
    const { worker, ask, pass, lose, find } = await start();
    await worker.start();
    lose();
    pass(8_001);
    expect(await ask('/ready')).toMatchObject({
      status: 503,
      problems: ['heartbeat'],
      words: 'The last heartbeat is older than the lease.',
    });
    expect(await ask('/live')).toMatchObject({ status: 200 });
    find();
    await expect.poll(async () => (await ask('/ready')).status).toBe(200);
  });

  it('is ready with executions that have strikes, and that were put aside for them', async () => {
    const { tables, worker, ask } = await start();
    insertExecution(tables, { executionId, partitionId, tenant: 'acme', started: startedBody(executionId) });
    const struck = { strikes: 3, commandId: null, company: 1, ranMs: 100, workerId: null, sinceMs: 0 };
    tables.suspects.set(executionId, { executionId, partitionId, ...struck });
    await worker.start();
    await expect.poll(() => tables.execution(executionId).status).toBe('blocked_on_code');
    expect(await ask('/ready')).toMatchObject({ status: 200 });
  });

  it('is not ready under pressure, and says of what', async () => {
    const { worker, ask } = await start({ usedMemory: 101 });
    await worker.start();
    await expect.poll(async () => (await ask('/ready')).problems).toEqual(['pressure']);
    expect((await ask('/ready')).words).toBe('Nothing new is begun: too much is under way (memory).');
  });

  it('is not alive once it is fenced', async () => {
    const { tables, worker, ask } = await start();
    await worker.start();
    Object.assign(tables.workers.get('w') ?? {}, { fencedAtMs: Date.now() });
    await expect.poll(async () => (await ask('/live')).status).toBe(503);
    expect(await ask('/ready')).toMatchObject({ status: 503 });
  });
});
