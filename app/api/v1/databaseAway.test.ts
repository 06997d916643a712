import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '@/lib/db/client';
import { POST as postEvent } from './events/route';

describe('an API call while the database is away', () => {
  beforeAll(() => {
    // Nobody listens on port 1.
    vi.stubEnv('DATABASE_URL', 'postgres://baton@127.0.0.1:1/baton');
    vi.stubEnv('LOG_LEVEL', 'silent');
  });
  afterAll(() => closeDatabase());

  it('is answered with 503, when to try again, and a number for the log', async () => {
    const request = new Request('http://localhost/api/v1/events', {
      method: 'POST',
      headers: { authorization: `Bearer baton_${'x'.repeat(43)}` },
      body: JSON.stringify({ event_type: 'ORDERED' }),
    });
    const response = await postEvent(request, { params: Promise.resolve({}) });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    const failure = (await response.json()) as { code: string; message: string };
    expect(failure.code).toBe('database_unavailable');
    expect(failure.message).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});
