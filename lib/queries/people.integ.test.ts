// Whom a task can be handed to, on a real database: found by words, of one tenant, and as many as a list can show.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import postgres from 'postgres';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { findColleagues, mostColleagues } from './people';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`
    INSERT INTO users (user_id, email, name, tenant_id)
    SELECT 'm' || n, 'm' || n || '@acme.test', 'Member ' || lpad(n::text, 3, '0'), 'acme' FROM generate_series(1, 600) n`;
  await sql`
    INSERT INTO users (user_id, email, name, tenant_id, deactivated_at) VALUES
      ('zoe', 'z.z@acme.test', 'Zoe Zimmermann', 'acme', NULL),
      ('zed', 'zed@acme.test', 'Zed Zimmermann', 'acme', now()),
      ('zac', 'zac@globex.test', 'Zac Zimmermann', 'globex', NULL),
      ('per', 'per@acme.test', '100% Per', 'acme', NULL)`;
  await sql.end();
});
afterAll(async () => {
  await closeDatabase();
  await database.drop();
  vi.unstubAllEnvs();
});

const namesFor = async (words: string | null, tenant = 'acme') =>
  (await findColleagues({ tenant, words })).people.map(({ name }) => name);

it('are the first by name without words, and it says that there are more', async () => {
  const { people, hasMore } = await findColleagues({ tenant: 'acme' });
  expect(people).toHaveLength(mostColleagues);
  expect(people.slice(0, 2).map(({ name }) => name)).toEqual(['100% Per', 'Member 001']);
  expect(hasMore).toBe(true);
});

it('are found by all of their words, wherever by name they stand, with those who may no longer sign in left out', async () => {
  expect(await namesFor('zimm zoe')).toEqual(['Zoe Zimmermann']);
  expect(await namesFor('Z.Z@')).toEqual(['Zoe Zimmermann']);
  expect(await namesFor('member 59')).toHaveLength(10 + 6);
  expect(await findColleagues({ tenant: 'acme', words: 'zimm' })).toEqual({
    people: [{ userId: 'zoe', name: 'Zoe Zimmermann' }],
    hasMore: false,
  });
});

it('are found by what stands there: signs of patterns mean themselves', async () => {
  expect(await namesFor('%')).toEqual(['100% Per']);
  expect(await namesFor('_')).toEqual([]);
  expect(await namesFor('\u0000')).toEqual([]);
});

it('are those of one tenant alone', async () => {
  expect(await namesFor('zimm', 'globex')).toEqual(['Zac Zimmermann']);
  expect(await namesFor('member', 'globex')).toEqual([]);
});
