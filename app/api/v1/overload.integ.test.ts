// What callers hear while workers do not keep up. Nothing that was accepted is lost, nothing that was refused is stored.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { attachWorkflow } from '@/lib/attachments/attachments';
import { mintToken } from '@/lib/auth/apiTokens';
import { closeDatabase } from '@/lib/db/client';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { createWorkerFor, engineDeps, forgetEngine, getWorkflowRuntime } from '@/lib/workflow';
import { POST as postEvent } from './events/route';

const patience = { timeout: 30_000 };

describe('POST /events', () => {
  let database: TestDatabase;
  let sql: postgres.Sql;
  let token = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const [name, value] of Object.entries({
      DATABASE_URL: database.url,
      REDIS_URL: '',
      LOG_LEVEL: 'silent',
      BATON_ADMISSION_BACKLOG: '5',
      BATON_WATCHDOG_MS: '0',
      NEXT_RUNTIME: 'nodejs',
    }))
      vi.stubEnv(name, value);
    sql = postgres(database.url, { max: 2, onnotice: () => undefined });
    await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme')`;
    await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES ('omar', 'omar@test.test', 'Omar', 'acme')`;
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('omar', 'administrator')`;
    token = (await mintToken({ sql, email: 'omar@test.test', daysValid: 1 }))?.token ?? '';
  });
  afterAll(async () => {
    forgetEngine();
    await closeDatabase();
    await sql.end();
    await database.drop();
  });

  const post = (subject: string) =>
    postEvent(
      new Request('http://localhost/api/v1/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ event_type: 'ORDERED', subject }),
      }),
      { params: Promise.resolve({}) },
    );

  it('is refused with 429 while too much waits, and taken again once workers have caught up', async () => {
    const runtime = getWorkflowRuntime();
    runtime.registerWorkflow(async () => 'done', { name: 'Order' });
    await runtime.publish();
    const [registration] = await sql<{ registration_id: string }[]>`SELECT registration_id FROM workflow_registrations`;
    const workflowId = registration?.registration_id ?? '';
    await attachWorkflow({ sql, tenant: 'acme', userId: 'omar', eventType: 'ORDERED', workflowId });

    const accepted: string[] = [];
    let refusal: Response | null = null;
    const isRefused = async () => {
      const subject = randomUUID();
      const response = await post(subject);
      if (response.status === 202) accepted.push(subject);
      else refusal = response;
      return refusal !== null;
    };
    await expect.poll(isRefused, patience).toBe(true);
    const { status, headers } = refusal as unknown as Response;
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 429, retryAfter: '5' });
    expect(await (refusal as unknown as Response).json()).toMatchObject({ code: 'overloaded' });
    expect(accepted.length).toBeGreaterThan(5);

    const { worker, close } = createWorkerFor({
      deps: await engineDeps(),
      runtime,
      identity: { workerId: randomUUID(), host: 'test', pid: process.pid, ...runtime.workflows.identity },
      replaces: null,
      onFenced: () => undefined,
    });
    await worker.start();
    await expect.poll(async () => (await post('afterwards')).status, patience).toBe(202);
    const ended = () => sql<{ subject: string }[]>`
      SELECT subject FROM workflow_executions WHERE status = 'completed' AND subject <> 'afterwards'`;
    await expect.poll(async () => (await ended()).length, patience).toBe(accepted.length);
    expect((await ended()).map(({ subject }) => subject).toSorted()).toEqual(accepted.toSorted());
    await worker.stop();
    await close();
  });
});
