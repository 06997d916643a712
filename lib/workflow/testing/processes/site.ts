/** A database, a Redis, the code and the worker processes of one test file. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { createTestDatabase, testRedisUrl } from '../../../db/testing/testDatabase';
import { createActionRegistry } from '../../core/actionRegistry';
import type { EngineDeps } from '../../core/engineDeps';
import { createWorkflowRuntime, type WorkflowRuntime } from '../../core/workflowRuntime';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createRedisHintPublisher } from '../../streams/redisHintPublisher';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { WorkerCluster } from './cluster';
import { fixtureDefinitions, fixtureTables, registerFixtureWorkflows } from './fixtureCode';
import { Load } from './load';
import type { FixtureConfig } from './protocol';

export interface Site {
  readonly sql: Sql;
  readonly deps: EngineDeps;
  readonly runtime: WorkflowRuntime;
  readonly cluster: WorkerCluster;
  readonly load: Load;
  readonly leaseMs: number;
  close(): Promise<void>;
}

/** For one test: these wait for processes, on machines that may have other things to do. */
export const patienceMs = 180_000;

const quick = { leaseMs: 2_000, heartbeatMs: 300, balanceMs: 100, sweepMs: 1_000 };

export async function createSite(
  options: {
    readonly redisUrl?: string;
    readonly settings?: Partial<typeof quick>;
    /** Whether people answer each task as soon as it is there. */
    readonly answersTasks?: boolean;
  } = {},
): Promise<Site> {
  const settings = { ...quick, ...options.settings };
  const database = await createTestDatabase();
  const redisUrl = options.redisUrl ?? (await testRedisUrl());
  const redisPrefix = `kill-${randomUUID()}:`;
  const sql = postgres(database.url, { max: 8, onnotice: () => undefined });
  await sql.unsafe(fixtureTables);
  const logger = silentLogger;
  const metrics = silentMetrics;
  const deps: EngineDeps = {
    sql,
    hints: createRedisHintPublisher({ url: redisUrl, prefix: redisPrefix, logger, metrics }),
    live: { publish: () => Promise.resolve(), close: () => Promise.resolve() },
    logger,
    metrics,
  };
  const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps });
  registerFixtureWorkflows(runtime);
  await runtime.publish();
  await publishSystemDefinitions({ definitions: createTaskDefinitionStore({ sql }) }, fixtureDefinitions);
  const config: FixtureConfig = { databaseUrl: database.url, redisUrl, redisPrefix, ...settings };
  const cluster = new WorkerCluster(config);
  await cluster.start(3);
  const load = new Load(deps, runtime, options.answersTasks ?? true);
  return {
    sql,
    deps,
    runtime,
    cluster,
    load,
    leaseMs: settings.leaseMs,
    close: async () => {
      await cluster.stop();
      try {
        await load.close();
      } finally {
        await deps.hints.close();
        await sql.end({ timeout: 5 });
        await database.drop();
      }
    },
  };
}
