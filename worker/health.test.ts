import { afterEach, describe, expect, it } from 'vitest';
import { createPromMetrics } from '../lib/workflow/telemetry/promMetrics';
import { instruments } from '../lib/workflow/telemetry/names';
import { startHealthServer, type HealthCheck, type HealthServer } from './health';

describe('worker health server', () => {
  let server: HealthServer | undefined;
  const metrics = createPromMetrics({ labels: { service: 'worker' } });

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function start(ready: readonly HealthCheck[], live: readonly HealthCheck[] = []): Promise<string> {
    server = await startHealthServer({ port: 0, live, ready, metricsPage: () => metrics.page() });
    return `http://localhost:${server.port}`;
  }

  it('is alive but not ready while a check complains, and names the reasons', async () => {
    const url = await start([
      { name: 'partitions', problem: () => 'No partition is owned.' },
      { name: 'heartbeat', problem: () => undefined },
    ]);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'unavailable',
      problems: [{ name: 'partitions', problem: 'No partition is owned.' }],
    });
  });

  it('is ready once no check complains', async () => {
    let problem: string | undefined = 'Not yet.';
    const url = await start([{ name: 'partitions', problem: () => problem }]);
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    problem = undefined;
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok' });
  });

  it('counts a check that throws as a problem and hides its words', async () => {
    const url = await start([
      {
        name: 'database',
        problem: () => Promise.reject(new Error('password of the database is swordfish')),
      },
    ]);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).not.toContain('swordfish');
  });

  it('is not alive when a check of life complains', async () => {
    const url = await start([], [{ name: 'loop', problem: () => 'The loop stands still.' }]);
    expect((await fetch(`${url}/live`)).status).toBe(503);
  });

  it('serves Prometheus text', async () => {
    metrics.count({ counter: instruments.fenceLost });
    const url = await start([]);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('baton_fence_lost_total{service="worker"} 1');
  });

  it('answers 404 elsewhere and 405 to writes', async () => {
    const url = await start([]);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/ready`, { method: 'POST' })).status).toBe(405);
  });

  it('rejects when the port is taken', async () => {
    await start([]);
    const port = server?.port ?? 0;
    await expect(startHealthServer({ port, ready: [], metricsPage: () => metrics.page() })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
