// Tokens, events and unexpected errors: the route handlers over a real database, called as the web server calls them.
import { describe, expect, it } from 'vitest';
import { hashToken, mintToken } from '@/lib/auth/apiTokens';
import { publishRegistrations } from '@/lib/workflow';
import { POST as postEvent } from './events/route';
import { GET as getExecution } from './executions/[executionId]/route';
import { GET as getTasks } from './tasks/route';
import { sql, tokens, newToken, call, event, submit } from './testing/apiFixture';

describe('tokens', () => {
  it('are stored as their hash alone', async () => {
    const token = await newToken('mia');
    expect(token).toMatch(/^baton_[A-Za-z0-9_-]{43}$/);
    const rows = await sql`SELECT * FROM api_tokens WHERE token_hash = ${hashToken(token)}`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(await sql`SELECT * FROM api_tokens`)).not.toContain(token);
  });

  it('are not minted for an address that nobody has', async () => {
    expect(await mintToken({ sql, email: 'nobody@test.test', daysValid: 1 })).toBeNull();
  });

  it.each(['', 'Bearer', 'Bearer nonsense', `Bearer baton_${'x'.repeat(43)}`, 'Basic YTpi'])(
    'are asked for with 401 when %j is sent',
    async (authorization) => {
      const { status, headers, json } = await call(getTasks, { as: { authorization } });
      expect({ status, code: json.code }).toEqual({ status: 401, code: 'not_signed_in' });
      expect(headers.get('www-authenticate')).toBe('Bearer realm="baton"');
    },
  );

  it.each(['expires_at', 'revoked_at'])('end with %s', async (column) => {
    const token = await newToken('mia');
    const as = { authorization: `Bearer ${token}` };
    expect((await call(getTasks, { as })).status).toBe(200);
    await sql`UPDATE api_tokens SET ${sql(column)} = now() WHERE token_hash = ${hashToken(token)}`;
    expect((await call(getTasks, { as })).status).toBe(401);
  });

  it('lose a right together with the role, at once', async () => {
    const { executionIds } = await submit();
    const read = () => call(getExecution, { as: 'mia', params: { executionId: executionIds[0] } });
    expect((await read()).status).toBe(403);
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('mia', 'viewer')`;
    expect((await read()).status).toBe(200);
    await sql`DELETE FROM user_roles WHERE user_id = 'mia' AND role = 'viewer'`;
    expect((await read()).json).toMatchObject({ code: 'permission_denied' });
  });
});

describe('POST /events', () => {
  it('answers 202 with the event and the executions it started', async () => {
    const { status, json } = await call(postEvent, { body: { ...event, subject: 'INV-1', correlation_id: 'c-1' } });
    expect(status).toBe(202);
    expect(Object.keys(json)).toEqual(['eventId', 'executionIds']);
    expect(json.executionIds).toHaveLength(1);
    const [stored] = await sql`SELECT * FROM workflow_bus_events WHERE event_id = ${json.eventId}`;
    expect(stored).toMatchObject({
      tenant_id: 'acme',
      event_type: 'INVOICE_SUBMITTED',
      event_name: 'INVOICE_SUBMITTED',
      payload: { invoiceId: 'inv-1' },
      user_id: 'omar',
      correlation_id: 'c-1',
      subject: 'INV-1',
    });
  });

  it('stores an event without an attachment and starts nothing', async () => {
    const { eventId, executionIds } = await submit('gus');
    expect(executionIds).toEqual([]);
    expect(await sql`SELECT tenant_id FROM workflow_bus_events WHERE event_id = ${eventId}`).toEqual([
      { tenant_id: 'globex' },
    ]);
  });

  it('starts executions in the highest version that was published, whatever is published later', async () => {
    const versionOf = async (executionId: string | undefined) => {
      const [row] =
        await sql`SELECT workflow_version FROM workflow_executions WHERE execution_id = ${executionId ?? ''}`;
      return row?.workflow_version as unknown;
    };
    const before = await submit();
    await publishRegistrations([{ name: 'InvoiceReview', version: '2' }]);
    await publishRegistrations([{ name: 'InvoiceReview', version: '1' }]);
    const after = await submit();
    expect([await versionOf(before.executionIds[0]), await versionOf(after.executionIds[0])]).toEqual(['1', '2']);
  });

  it('takes camel case as well', async () => {
    const { eventId } = await submit('omar', { eventType: 'ORDER_PLACED', eventName: 'Order' });
    expect(await sql`SELECT event_type, event_name FROM workflow_bus_events WHERE event_id = ${eventId}`).toEqual([
      { event_type: 'ORDER_PLACED', event_name: 'Order' },
    ]);
  });

  it('refuses both spellings with different values, and takes them with the same', async () => {
    const both = { event_type: 'ORDER_PLACED', eventType: 'OTHER' };
    const { status, json } = await call(postEvent, { body: both });
    expect({ status, code: json.code }).toEqual({ status: 422, code: 'invalid_input' });
    expect((json.fieldErrors as { path: string; message: string }[])[0]).toMatchObject({ path: '/event_type' });
    expect((await call(postEvent, { body: { ...both, eventType: 'ORDER_PLACED' } })).status).toBe(202);
  });

  it.each([
    [{ payload: null }, null],
    [{}, {}],
  ])('keeps the payload of %j', async (more, payload) => {
    const { eventId } = await submit('omar', { event_type: 'ORDER_PLACED', ...more });
    expect(await sql`SELECT payload FROM workflow_bus_events WHERE event_id = ${eventId}`).toEqual([{ payload }]);
  });

  it('answers a repeated idempotency key with the ids of the first time', async () => {
    const first = await submit('omar', { ...event, idempotency_key: 'k-1' });
    const second = await submit('omar', { ...event, idempotency_key: 'k-1' });
    expect(second).toEqual(first);
    expect(first.executionIds).toHaveLength(1);
  });

  it('answers 409 to an idempotency key that was used for another event, and stores nothing', async () => {
    const idempotency_key = 'k-reused';
    const { eventId } = await submit('omar', { ...event, idempotency_key });
    const other = { ...event, payload: { invoiceId: 'inv-2' }, idempotency_key };
    const { status, json } = await call(postEvent, { body: other });
    expect({ status, json }).toMatchObject({
      status: 409,
      json: { type: '/docs/errors/idempotency_key_reused', code: 'idempotency_key_reused' },
    });
    expect(json.message).toContain('differs in payload');
    const stored = await sql`SELECT event_id FROM workflow_bus_events WHERE idempotency_key = ${idempotency_key}`;
    expect([...stored]).toEqual([{ event_id: eventId }]);
  });

  it.each(['alice', 'mia', 'pat'] as const)('answers 403 to %s', async (as) => {
    const { status, json } = await call(postEvent, { as, body: event });
    expect({ status, code: json.code }).toEqual({ status: 403, code: 'permission_denied' });
  });

  it.each(['', '{', 'nonsense'])('answers 400 to the body %j', async (body) => {
    const { status, json } = await call(postEvent, { body });
    expect({ status, code: json.code }).toEqual({ status: 400, code: 'bad_json' });
  });

  it.each([
    [{}, '/event_type'],
    [{ event_type: '' }, '/event_type'],
    [{ event_type: 'a b' }, '/event_type'],
    [{ ...event, event_name: 7 }, '/event_name'],
    [{ ...event, subject: 'a\u0000b' }, '/subject'],
    [{ ...event, tenant: 'globex' }, ''],
    [[event], ''],
  ])('answers 422 to %j and names the field %j', async (body, path) => {
    const { status, json } = await call(postEvent, { body });
    expect({ status, code: json.code }).toEqual({ status: 422, code: 'invalid_input' });
    expect((json.fieldErrors as { path: string }[]).map((error) => error.path)).toContain(path);
  });

  it.each(['a\\u0000b', '\\ud800'])('answers 422 to the text %s, which could not be read again', async (text) => {
    for (const payload of [`"${text}"`, `{"${text}":1}`, `[{"a":"${text}"}]`]) {
      expect((await call(postEvent, { body: `{"event_type":"X","payload":${payload}}` })).status).toBe(422);
    }
    expect((await call(postEvent, { body: '{"event_type":"X","payload":"\\ud83d\\ude00"}' })).status).toBe(202);
  });

  it('answers 422 to a body that is nested too deep', async () => {
    const payload = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await call(postEvent, { body: `{"event_type":"X","payload":${payload}}` })).status).toBe(422);
  });

  it('answers 413 to a body over 1 MB, whether or not its length is announced', async () => {
    const body = JSON.stringify({ ...event, payload: 'x'.repeat(1_048_576) });
    expect((await call(postEvent, { body })).status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 40; chunk++) controller.enqueue(new Uint8Array(65_536).fill(32));
        controller.close();
      },
    });
    const request = new Request('http://localhost/api/v1/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.omar}` },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    const response = await postEvent(request, { params: Promise.resolve({}) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
  });
});

describe('unexpected errors', () => {
  it('answer 500 with a number for the log and nothing of the cause', async () => {
    await sql`ALTER TABLE workflow_bus_events RENAME TO gone`;
    try {
      const { status, json } = await call(postEvent, { body: event });
      expect(status).toBe(500);
      expect(json.code).toBe('internal_error');
      expect(json.message).toMatch(/tell an administrator this number: [0-9a-f-]{36}\.$/);
      expect(JSON.stringify(json)).not.toContain('workflow_bus_events');
    } finally {
      await sql`ALTER TABLE gone RENAME TO workflow_bus_events`;
    }
  });
});
