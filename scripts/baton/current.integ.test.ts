import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../lib/db/testing/testDatabase';
import { publishRegistrations } from '../../lib/workflow/persistence/registrations';
import { currentVersions } from './current';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it('lists what new executions begin with, and goes back and forward', async () => {
  const publish = (...versions: string[]) =>
    publishRegistrations(
      sql,
      versions.map((version) => ({ name: 'Order', version })),
    );
  await publish('1', '2');
  expect(await currentVersions(sql)).toEqual(['Order  2  (also 1)']);
  expect(await currentVersions(sql, 'Order', '1')).toEqual([
    'New executions of Order begin with version 1; until now with 2.',
  ]);
  await publish('1', '2');
  expect(await currentVersions(sql)).toEqual(['Order  1  (also 2)']);
  await expect(currentVersions(sql, 'Order', '3')).rejects.toThrow('Order@3');
});
