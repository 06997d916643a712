/** The code and the worker processes of one attack, on a database and a Redis of its own. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { createLastingPool } from '../../../db/lastingPool';
import { createActionRegistry } from '../../core/actionRegistry';
import type { EngineDeps } from '../../core/engineDeps';
import { createWorkflowRuntime, type WorkflowRuntime } from '../../core/workflowRuntime';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createRedisHintPublisher } from '../../streams/redisHintPublisher';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { attackDefinitions } from './attackDefinitions';
import { attackTables } from './attackActions';
import { WorkerCluster } from './cluster';
import { fixtureDefinitions, fixtureTables, registerFixtureWorkflows } from './fixtureCode';
import { Load } from './load';
import type { FixtureConfig } from './protocol';

export interface Site {
  readonly sql: Sql;
  readonly deps: EngineDeps;
  readonly runtime: WorkflowRuntime;
  readonly cluster: WorkerCluster;
  /** For worker processes beside the cluster's. */
  readonly config: FixtureConfig;
  readonly load: Load;
  readonly leaseMs: number;
  close(): Promise<void>;
}

const quick = {
  ...{ leaseMs: 2_000, heartbeatMs: 300, balanceMs: 100, sweepMs: 1_000, stallMs: 0, deferralPatienceMs: 500 },
  jobs: 'none' as FixtureConfig['jobs'],
};

export interface SiteOptions {
  readonly settings?: Partial<typeof quick>;
  /** Whether people answer each task as soon as it is there. */
  readonly answersTasks?: boolean;
  readonly workers?: number;
  /** Begins the names of all keys; one of its own unless given, since servers are shared. */
  readonly redisPrefix?: string;
}

/** @param place.databaseUrl an empty database with all migrations applied. */
export async function openSite(
  place: { readonly databaseUrl: string; readonly redisUrl: string },
  options: SiteOptions = {},
): Promise<Site> {
  const { databaseUrl, redisUrl } = place;
  const settings = { ...quick, ...options.settings };
  const redisPrefix = options.redisPrefix ?? `kill-${randomUUID()}:`;
  const sql = createLastingPool(databaseUrl, { max: 8, connect_timeout: 2, onnotice: () => undefined });
  await sql.unsafe(fixtureTables);
  await sql.unsafe(attackTables);
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
  for (const definition of attackDefinitions) runtime.registerWorkflow(definition);
  await runtime.publish();
  await publishSystemDefinitions({ definitions: createTaskDefinitionStore({ sql }) }, fixtureDefinitions);
  const config: FixtureConfig = { databaseUrl, redisUrl, redisPrefix, ...settings };
  const cluster = new WorkerCluster(config);
  await cluster.start(options.workers ?? 3);
  const load = new Load(deps, runtime, options.answersTasks ?? true);
  return {
    sql,
    deps,
    runtime,
    cluster,
    config,
    load,
    leaseMs: settings.leaseMs,
    close: async () => {
      await cluster.stop();
      try {
        await load.close();
      } finally {
        await deps.hints.close();
        await sql.end({ timeout: 5 });
      }
    },
  };
}
