// What the web server publishes of itself, read as Prometheus reads it. A worker and Redis are real.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachWorkflow } from '@/lib/attachments/attachments';
import { connectLiveHub } from '@/lib/live';
import { metricsPage } from '@/lib/metrics';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '@/lib/redis/testing/ownRedisServer';
import { createWorkerFor, engineDeps, getWorkflowRuntime } from '@/lib/workflow';
import type { WorkflowContext } from '@/lib/workflow/model/workflow';
import { webInstruments } from '@/lib/workflow/telemetry/names';
import { silentMetrics } from '@/lib/workflow/telemetry/silentMetrics';
import { POST as postEvent } from '../v1/events/route';
import { POST as completeTask } from '../v1/tasks/[taskId]/complete/route';
import { GET as getMetrics } from './route';
import { openWeb, type Web } from '../v1/testing/openWeb';

const patience = { timeout: 30_000 };
const metricsToken = 'a-token-of-the-test';
const read = (authorization?: string) =>
  getMetrics(new Request('http://localhost/api/metrics', { headers: authorization ? { authorization } : {} }));

/** The sum over all labels: of a counter or gauge its value, of a histogram how often it was given one. */
async function valueOf({ name, kind }: (typeof webInstruments)[number]): Promise<number> {
  const page = await (await read(`Bearer ${metricsToken}`)).text();
  const shown = kind === 'histogram' ? `${name}_count` : name;
  const lines = page.split('\n').filter((line) => line.startsWith(`${shown}{`) || line.startsWith(`${shown} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

describe.runIf(canRunOwnRedis)('GET /api/metrics', () => {
  let web: Web;
  let redis: OwnRedisServer;
  let sql: postgres.Sql;
  let token = '';

  beforeAll(async () => {
    redis = await createOwnRedisServer();
    web = await openWeb({
      REDIS_URL: redis.url,
      BATON_METRICS_TOKEN: metricsToken,
      BATON_LIMIT_PAYLOAD: '2000',
      BATON_ADMISSION_BACKLOG: '5',
      BATON_WATCHDOG_MS: '0',
    });
    ({ sql, token } = web);
  });
  afterAll(async () => {
    const { hints, live } = await engineDeps();
    await Promise.all([hints.close(), live.close(), (await connectLiveHub()).close()]);
    await web.close();
    await redis.remove();
  });

  const post = (handler: typeof postEvent, body: object, params: object = {}) =>
    handler(
      new Request('http://localhost/api/v1/x', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
      { params: Promise.resolve(params) },
    );

  it('does not exist where no token is configured', async () => {
    const request = new Request('http://localhost/api/metrics', { headers: { authorization: 'Bearer undefined' } });
    expect((await metricsPage(request, undefined)).status).toBe(404);
  });

  it.each([undefined, 'Bearer', 'Bearer wrong', `Basic ${metricsToken}`, `Bearer ${metricsToken}x`])(
    'is refused to whoever sends %s',
    async (authorization) => {
      const response = await read(authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await response.text()).not.toContain('baton_');
    },
  );

  it('is Prometheus text for whoever sends the token, with the values of the process', async () => {
    const response = await read(`Bearer ${metricsToken}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('nodejs_eventloop_lag_seconds');
  });

  it('shows everything that the web server counts move', async () => {
    const runtime = getWorkflowRuntime();
    runtime.registerWorkflow(
      async ({ events }: WorkflowContext) => void (await events.waitFor('PAID', { match: { invoice: '1' } })),
      {
        name: 'Payment',
      },
    );
    await runtime.publish();
    const [registration] = await sql<{ registration_id: string }[]>`SELECT registration_id FROM workflow_registrations`;
    const workflowId = registration?.registration_id ?? '';
    await attachWorkflow({ sql, tenant: 'acme', userId: 'omar', eventType: 'ORDERED', workflowId });
    const deps = await engineDeps();
    const { worker, close } = createWorkerFor({
      deps: { ...deps, metrics: silentMetrics },
      runtime,
      identity: { workerId: randomUUID(), host: 'test', pid: process.pid, ...runtime.workflows.identity },
      replaces: null,
      onFenced: () => undefined,
    });
    await worker.start();
    const hub = await connectLiveHub();
    hub.subscribe({ tenant: 'acme', listener: () => undefined });

    expect((await post(postEvent, { event_type: 'ORDERED' })).status).toBe(202);
    const waits = () => sql`SELECT 1 FROM workflow_waits WHERE kind = 'event'`;
    await expect.poll(async () => (await waits()).length, patience).toBe(1);
    // The web server's own look finds the wait: nobody else is there.
    await worker.stop();
    await close();
    expect((await post(postEvent, { event_type: 'PAID', payload: { invoice: '1' } })).status).toBe(202);
    expect((await post(postEvent, { event_type: 'X', payload: 'x'.repeat(3_000) })).status).toBe(413);
    expect((await post(completeTask, { outcome: 'approve', data: {} }, { taskId: await insertTask() })).status).toBe(
      200,
    );

    // Nobody takes them: at some point no more is accepted.
    await expect.poll(async () => (await post(postEvent, { event_type: 'ORDERED' })).status, patience).toBe(429);

    await redis.stop();
    const outages = webInstruments.find(({ name }) => name === 'baton_redis_outages_total');
    await expect.poll(async () => outages && (await valueOf(outages)), patience).toBeGreaterThan(0);
    for (let batch = 0; batch < 12; batch += 1) {
      const hints = Array.from({ length: 1_000 }, (_, n) => ({ partitionId: 1, executionId: `${batch}-${n}` }));
      await deps.hints.publish({ hints });
    }
    await redis.start();
    const still = async () => {
      const values = await Promise.all(
        webInstruments.map(async (instrument) => ({ name: instrument.name, value: await valueOf(instrument) })),
      );
      return values.filter(({ value }) => !(value > 0)).map(({ name }) => name);
    };
    await expect.poll(still, { ...patience, interval: 100 }).toEqual([]);
  });

  async function insertTask(): Promise<string> {
    const [formId, taskId] = [randomUUID(), randomUUID()];
    const schema = { type: 'object', properties: {}, 'x-outcomes': [{ value: 'approve', title: 'Approve' }] };
    await sql`
      INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
      VALUES (${formId}, 'review', 1, ${sql.json(schema)}, '{}')`;
    await sql`
      INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
      VALUES ('review', 'Review', 'system', 'review')`;
    await sql`
      INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
        task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status, priority,
        candidate_roles, candidate_users, excluded_users, context_data, warnings, completion_event, created_at)
      SELECT ${taskId}, 'acme', execution_id, partition_id, 'task#1', 'review', 'system', 'review', 'system', ${formId}, 1,
        'Review it', 'pending', 'normal', '{administrator}', '{}', '{}', '{}', '[]', 'Done', now()
      FROM workflow_executions LIMIT 1`;
    return taskId;
  }
});
