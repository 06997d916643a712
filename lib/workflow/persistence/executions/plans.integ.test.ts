import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRawClient } from '@/lib/db/rawClient';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { insertSignals } from '../inbox';
import { loadExecutions } from './loadExecutions';

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = createRawClient({ url: database.url, name: 'plans', max: 1, patienceMs: 5_000 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it('A session plans the statements of the engine once, also for batches of one', async () => {
  const event = { name: 'Go', type: 'Go', payload: {}, user_id: null, event_id: 'e', timestamp: '' };
  for (let round = 0; round < 12; round += 1) {
    const executionId = randomUUID();
    await loadExecutions(sql, [{ executionId, partitionId: 1 }]);
    await insertSignals(sql, [{ tenant: 'acme', executionId, event }]);
  }
  const plans = await sql<{ made: number; kept: number }[]>`
    SELECT custom_plans::int AS made, generic_plans::int AS kept FROM pg_prepared_statements
    WHERE generic_plans + custom_plans >= 12`;
  expect(plans).toEqual(Array.from({ length: 2 }, () => ({ made: 0, kept: 12 })));
});
