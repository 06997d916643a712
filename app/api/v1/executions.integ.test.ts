// Executions and decisions about them: the route handlers over a real database, called as the web server calls them.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GET as getHistory } from './executions/[executionId]/history/route';
import { POST as cancelExecution } from './executions/[executionId]/cancel/route';
import { POST as forkExecution } from './executions/[executionId]/fork/route';
import { POST as pauseExecution } from './executions/[executionId]/pause/route';
import { POST as resumeExecution } from './executions/[executionId]/resume/route';
import { POST as retryExecution } from './executions/[executionId]/retry/route';
import { POST as terminateExecution } from './executions/[executionId]/terminate/route';
import { GET as getExecution } from './executions/[executionId]/route';
import { GET as getExecutions } from './executions/route';
import { type Who, sql, call, submit } from './testing/apiFixture';

describe('GET /executions/:id and its history', () => {
  it('answer what was started', async () => {
    const { eventId, executionIds } = await submit();
    const params = { executionId: executionIds[0] };
    const execution = await call(getExecution, { params });
    expect(execution.status).toBe(200);
    expect(execution.json).toMatchObject({
      executionId: executionIds[0],
      workflowName: 'InvoiceReview',
      status: 'pending',
      startedByEventId: eventId,
      startedBy: 'omar',
      waitingFor: [],
      jobs: [],
      endedAt: null,
    });
    expect(execution.json).not.toHaveProperty('tenantId');
    const history = await call(getHistory, { params });
    expect(history.json).toMatchObject({ executionId: executionIds[0], next: null });
    expect(history.json.entries).toMatchObject([
      { seq: 1, kind: 'execution_started', name: 'InvoiceReview', action: null },
    ]);
  });

  it('give a result that is a text as that text', async () => {
    for (const result of ['approved', '123', 'null']) {
      const { executionIds } = await submit();
      const executionId = executionIds[0] ?? '';
      await sql`
        UPDATE workflow_executions SET result = ${JSON.stringify(result)}::text::json WHERE execution_id = ${executionId}`;
      expect((await call(getExecution, { params: { executionId } })).json.result).toBe(result);
    }
  });

  it('give the history in pages, with what each action was given and gave', async () => {
    const { executionIds } = await submit();
    const executionId = executionIds[0] ?? '';
    const [row] = await sql<
      { partition_id: number }[]
    >`SELECT partition_id FROM workflow_executions WHERE execution_id = ${executionId}`;
    const partition = row?.partition_id ?? 0;
    for (const seq of [2, 3]) {
      await sql`
        INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id)
        VALUES (${executionId}, ${partition}, ${seq}, 'acme', 'action_completed', 'sendMail', ${`sendMail#${seq}`})`;
    }
    await sql`
      INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params, result, started_at)
      VALUES (${executionId}, ${partition}, 'sendMail#2', 'acme', 'sendMail', 'completed', '{"to":"a"}', '{"sent":true}', now())`;
    const page = (search: string) => call(getHistory, { params: { executionId }, search });
    const first = await page('?limit=2');
    expect(first.json.next).toBe(2);
    expect(first.json.entries[1]).toMatchObject({
      seq: 2,
      action: { params: { to: 'a' }, result: { sent: true }, attempts: 1 },
    });
    const second = await page('?limit=2&after=2');
    expect(second.json).toMatchObject({ entries: [{ seq: 3 }], next: null });
    expect((await page('?limit=0')).status).toBe(422);
    expect((await page('?after=x')).status).toBe(422);
  });

  it.each([getExecution, getHistory])(
    'answer 404 to another tenant, to unknown ids and to nonsense',
    async (handler) => {
      const { executionIds } = await submit();
      const statuses = await Promise.all([
        call(handler, { as: 'gus', params: { executionId: executionIds[0] } }),
        call(handler, { params: { executionId: randomUUID() } }),
        call(handler, { params: { executionId: "1' or true --" } }),
      ]);
      expect(statuses.map(({ status, json }) => [status, json.code])).toEqual(
        Array(3).fill([404, 'execution_not_found']),
      );
    },
  );

  it.each(['alice', 'mia', 'pat'] as const)('answer 403 to %s', async (as) => {
    const { executionIds } = await submit();
    expect((await call(getExecution, { as, params: { executionId: executionIds[0] } })).status).toBe(403);
  });
});

describe('decisions about an execution', () => {
  const decisions = {
    cancel_requested: cancelExecution,
    terminate_requested: terminateExecution,
    execution_paused: pauseExecution,
    execution_resumed: resumeExecution,
  };

  it.each(Object.entries(decisions))('put %s into its inbox, with who decided and why', async (kind, handler) => {
    const { executionIds } = await submit();
    const executionId = executionIds[0] ?? '';
    const params = { executionId };
    const { status, json } = await call(handler, { as: 'omar', params, body: { reason: 'Wrong invoice' } });
    expect({ status, json }).toEqual({ status: 202, json: { executionId } });
    expect(
      await sql`SELECT kind, seq, payload FROM workflow_events WHERE execution_id = ${executionId} AND seq IS NULL`,
    ).toMatchObject([{ kind, payload: { by: 'omar', reason: 'Wrong invoice' } }]);
  });

  it.each(Object.entries(decisions))('take %s without a body: nobody must give a reason', async (kind, handler) => {
    const { executionIds } = await submit();
    const executionId = executionIds[0] ?? '';
    const { status } = await call(handler, { as: 'omar', params: { executionId } });
    expect(status).toBe(202);
    expect(
      await sql`SELECT kind, payload FROM workflow_events WHERE execution_id = ${executionId} AND seq IS NULL`,
    ).toMatchObject([{ kind, payload: { by: 'omar', reason: null } }]);
    expect((await call(handler, { as: 'omar', params: { executionId }, body: '{' })).status).toBe(400);
  });

  it('are for operators of its own tenant, and refused where they make no sense', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    expect((await call(cancelExecution, { as: 'mia', params, body: {} })).json).toMatchObject({
      code: 'permission_denied',
    });
    expect((await call(cancelExecution, { as: 'gus', params, body: {} })).json).toMatchObject({
      code: 'execution_not_found',
    });
    expect((await call(retryExecution, { as: 'omar', params, body: {} })).json).toMatchObject({
      code: 'execution_not_failed',
    });
    expect((await call(pauseExecution, { as: 'omar', params, body: { reason: 5 } })).status).toBe(422);
    await sql`UPDATE workflow_executions SET status = 'completed', ended_at = now() WHERE execution_id = ${params.executionId}`;
    const { status, json } = await call(terminateExecution, { as: 'omar', params, body: {} });
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'execution_ended' });
  });
});

describe('POST /executions/:id/fork', () => {
  it('starts an execution with the first entries of the other', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    const { status, json } = await call(forkExecution, { params, body: { from: 1, reason: 'What if' } });
    expect({ status, json }).toEqual({
      status: 201,
      json: { executionId: expect.any(String), forkedFrom: params.executionId, from: 1 },
    });
    const fork = await call(getExecution, { params: { executionId: json.executionId } });
    const source = { forkedFrom: params.executionId, forkedAtSeq: 1, forkedBy: 'omar' };
    expect(fork.json).toMatchObject({ status: 'pending', workflowName: 'InvoiceReview', ...source });
    const history = await call(getHistory, { params: { executionId: json.executionId } });
    const origin = { executionId: params.executionId, atSeq: 1, reason: 'What if', children: {} };
    expect(history.json.entries).toMatchObject([{ seq: 1, kind: 'execution_started', payload: { fork: origin } }]);
  });

  it('is for operators of its own tenant, and refuses what it cannot begin with', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    const codeOf = async (as: Who, body: object) => {
      const { status, json } = await call(forkExecution, { as, params, body });
      // Each answer leads to the page of its error.
      if (status >= 400) expect(json.type).toBe(`/docs/errors/${json.code}`);
      return [status, json.code];
    };
    expect(await codeOf('mia', { from: 1 })).toEqual([403, 'permission_denied']);
    expect(await codeOf('gus', { from: 1 })).toEqual([404, 'execution_not_found']);
    expect(await codeOf('omar', { from: 2 })).toEqual([404, 'entry_not_found']);
    for (const body of [{}, { from: 0 }, { from: '1' }, { from: 1.5 }, { from: 1, openChildren: 'keep' }]) {
      expect(await codeOf('omar', body)).toEqual([422, 'invalid_input']);
    }
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, command_id, payload)
      SELECT execution_id, partition_id, 2, tenant_id, 'child_started', 'startChild#1',
        '{"workflow":"Child","childExecutionId":"0199","n":1}' FROM workflow_executions
      WHERE execution_id = ${params.executionId}`;
    expect(await codeOf('omar', { from: 2 })).toEqual([409, 'open_children']);
    expect(await codeOf('omar', { from: 2, openChildren: 'detach' })).toEqual([201, undefined]);
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, payload)
      SELECT execution_id, partition_id, 3, tenant_id, 'execution_completed', '{"result":null}'
      FROM workflow_executions WHERE execution_id = ${params.executionId}`;
    expect(await codeOf('omar', { from: 3 })).toEqual([409, 'fork_at_end']);
  });
});

describe('GET /executions', () => {
  it('refuses a cursor that no page gave', async () => {
    for (const cursor of ['abc', '1_2', `${'9'.repeat(16)}_${randomUUID()}`, `1_${randomUUID()}_2`]) {
      const { status, json } = await call(getExecutions, { search: `?cursor=${cursor}` });
      expect({ cursor, status, code: json.code }).toEqual({ cursor, status: 422, code: 'invalid_input' });
    }
  });

  it('lists those that are stuck, of the own tenant alone, with since when and why', async () => {
    const { executionIds } = await submit('omar');
    const [executionId = ''] = executionIds;
    const list = (as: Who, search: string) => call(getExecutions, { as, search });
    const idsOf = ({ json }: { readonly json: { readonly executions: readonly { readonly executionId: string }[] } }) =>
      json.executions.map((row) => row.executionId);
    expect(idsOf(await list('omar', '?stuck=true'))).not.toContain(executionId);
    await sql`UPDATE workflow_executions SET updated_at = now() - interval '2 minutes' WHERE execution_id = ${executionId}`;
    const stuck = await list('omar', '?stuck=true&limit=200');
    expect(idsOf(stuck)).toContain(executionId);
    const { json } = await call(getExecution, { params: { executionId } });
    expect(json.stuck).toMatchObject({ reason: 'no_worker', why: expect.stringContaining('Start a worker') });
    expect(idsOf(await list('gus', '?stuck=true'))).not.toContain(executionId);
    expect(idsOf(await list('omar', '?limit=200'))).toContain(executionId);
    expect((await list('omar', '?stuck=maybe')).status).toBe(422);
    expect((await list('alice', '')).status).toBe(403);
  });
});
