import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, until, type Harness } from '../testing/harness';
import { startOrFind, type StartedWorkflow, type StartWorkflowInput } from './startWorkflow';
import { submitEventIn } from './submitEvent';

type Start = Partial<StartWorkflowInput>;

const tenant = 'acme';
const attached = Array.from({ length: 7 }, (_, index) => `Attached${index + 1}`);
let harness: Harness;

beforeAll(async () => {
  harness = await createHarness();
  for (const name of ['Waiting', ...attached]) {
    harness.runtime.registerWorkflow(async ({ events }) => void (await events.waitFor('Go')), { name });
  }
  await harness.runtime.publish();
});
afterAll(() => harness.close());

describe('a submit while attachments are added', () => {
  async function attach(eventType: string, name: string): Promise<void> {
    await harness.sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      SELECT ${randomUUID()}, ${tenant}, ${eventType}, registration_id FROM workflow_registrations WHERE name = ${name}`;
  }

  /** Of the same connections; behind each statement comes what somebody else does then. */
  function followedBy(then: () => Promise<void>): Sql {
    return new Proxy(harness.sql, {
      apply: (target, self, args) => {
        const answer = Reflect.apply(target, self, args) as unknown;
        return (async () => {
          const rows: unknown = await answer;
          await then();
          return rows;
        })();
      },
    });
  }

  it('is stored and starts all of them, however many come between its statements', async () => {
    const eventType = 'GROWING';
    const later = attached.slice(5);
    for (const name of attached.slice(0, 5)) await attach(eventType, name);
    const tx = followedBy(async () => {
      const name = later.shift();
      if (name !== undefined) await attach(eventType, name);
    });
    const { eventId, executionIds } = await submitEventIn(harness.deps, tx, { tenant, userId: null, eventType });
    const stored = await harness.sql<{ event_id: string }[]>`
      SELECT event_id FROM workflow_bus_events WHERE event_type = ${eventType}`;
    expect(stored.map(({ event_id }) => event_id)).toEqual([eventId]);
    expect(executionIds).toHaveLength(attached.length);
  });
});

describe('starts with one idempotency key and one workflow key at the same time', () => {
  /** The second finds the first under way, and waits for its commit. */
  async function bothStart(key: string, first: Start, second: Start) {
    const keys = { tenant, idempotencyKey: key, workflowKey: key };
    let begun: Promise<StartedWorkflow> | undefined;
    const one = await harness.sql.begin(async (tx) => {
      const within = { ...harness.deps, sql: tx as unknown as Sql };
      const started = await startOrFind(within, 'Waiting', { ...keys, ...first });
      begun = startOrFind(harness.deps, 'Waiting', { ...keys, ...second });
      begun.catch(() => undefined);
      const waiting = () => harness.sql`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await until(async () => (await waiting()).length > 0, 'the second waits for the first');
      return started;
    });
    const [two] = await Promise.allSettled([begun]);
    return { one, two };
  }

  it.each(['return', 'fail'] as const)(
    'answer with the same execution, which gets the signal once (%s)',
    async (onConflict) => {
      const start = { signal: { name: 'Go' }, onConflict };
      const { one, two } = await bothStart(`cart-${onConflict}`, start, start);
      expect(one.started).toBe(true);
      expect(two).toEqual({ status: 'fulfilled', value: { executionId: one.executionId, started: false } });
      const signals = await harness.sql`
        SELECT name FROM workflow_events WHERE execution_id = ${one.executionId} AND kind = 'event_received'`;
      expect(signals).toHaveLength(1);
    },
  );

  it('refuse other data, as they do later', async () => {
    const { two } = await bothStart('cart-other', { initialData: { amount: 1 } }, { initialData: { amount: 2 } });
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'idempotency_key_reused' } });
  });
});
