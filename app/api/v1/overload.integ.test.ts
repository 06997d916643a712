// What callers hear while workers do not keep up. Nothing that was accepted is lost, nothing that was refused is stored.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachWorkflow } from '@/lib/attachments/attachments';
import { createWorkerFor, engineDeps, getWorkflowRuntime } from '@/lib/workflow';
import { POST as postEvent } from './events/route';
import { openWeb, type Web } from './testing/openWeb';

const patience = { timeout: 30_000 };

describe('POST /events', () => {
  let web: Web;
  let sql: postgres.Sql;
  let token = '';

  beforeAll(async () => {
    web = await openWeb({
      REDIS_URL: '',
      BATON_ADMISSION_BACKLOG: '5',
      BATON_WATCHDOG_MS: '0',
    });
    ({ sql, token } = web);
  });
  afterAll(async () => {
    await web.close();
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
