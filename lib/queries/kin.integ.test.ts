// Who an execution has to do with, on a real database: of its own tenant alone, in order, and as many as are shown.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { kinOf } from './kin';

let database: TestDatabase;
let sql: postgres.Sql;
const registrationId = randomUUID();
const noonMs = Date.UTC(2026, 10, 23, 12);
let started = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`
    INSERT INTO workflow_registrations (registration_id, tenant_id, name, current_version)
    VALUES (${registrationId}, NULL, 'Review', '1')`;
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

/** Each a second younger than the one before it. */
async function addExecution(
  links: {
    readonly tenant?: string;
    readonly parent?: string;
    readonly continuedFrom?: string;
    readonly forkedFrom?: string;
    readonly atSeq?: number;
  } = {},
): Promise<string> {
  const { tenant = 'acme', parent = null, continuedFrom = null } = links;
  const { forkedFrom = null, atSeq = null } = links;
  const id = randomUUID();
  started += 1;
  await sql`
    INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
      registration_id, status, head_seq, subject, correlation_id, parent_execution_id, continued_from,
      forked_from, forked_at_seq, created_at)
    VALUES (${id}, 1, ${tenant}, 'Review', '1', ${registrationId}, 'waiting', 9, ${`Thing ${started}`}, ${id}, ${parent},
      ${continuedFrom}, ${forkedFrom}, ${atSeq}, ${new Date(noonMs + started * 1_000)})`;
  return id;
}

const kin = (executionId: string, tenant = 'acme') => kinOf({ tenant, executionId });
const ids = (relatives: readonly { readonly executionId: string }[]) => relatives.map((each) => each.executionId);

describe('kin of an execution', () => {
  it('is nobody for one that stands alone', async () => {
    const alone = await kin(await addExecution());
    expect(alone).toEqual({
      parent: null,
      continuedFrom: null,
      continuedTo: null,
      currentRun: null,
      forkedFrom: null,
      children: [],
      forks: [],
      hasMore: false,
    });
  });

  it('is who started it, and whom it started, oldest first; later runs of a child are reached from that child', async () => {
    const parent = await addExecution();
    const first = await addExecution({ parent });
    const second = await addExecution({ parent });
    await addExecution({ parent, continuedFrom: first });
    expect(ids((await kin(parent)).children)).toEqual([first, second]);
    expect((await kin(second)).parent).toMatchObject({
      executionId: parent,
      workflowName: 'Review',
      status: 'waiting',
    });
  });

  it('is the run before it and the next one', async () => {
    const before = await addExecution();
    const after = await addExecution({ continuedFrom: before });
    await sql`UPDATE workflow_executions SET continued_to = ${after} WHERE execution_id = ${before}`;
    expect((await kin(before)).continuedTo?.executionId).toBe(after);
    expect((await kin(after)).continuedFrom?.executionId).toBe(before);
  });

  it('is the current run of its chain, from every earlier one', async () => {
    const first = await addExecution();
    const second = await addExecution({ continuedFrom: first });
    const third = await addExecution({ continuedFrom: second });
    await sql`UPDATE workflow_executions SET continued_to = ${second} WHERE execution_id = ${first}`;
    await sql`UPDATE workflow_executions SET continued_to = ${third} WHERE execution_id = ${second}`;
    const current = async (id: string) => (await kin(id)).currentRun?.executionId ?? null;
    expect(await Promise.all([first, second, third].map(current))).toEqual([third, third, null]);
  });

  it('is what it was forked from and its forks, each with the entry', async () => {
    const source = await addExecution();
    const fork = await addExecution({ forkedFrom: source, atSeq: 4 });
    const another = await addExecution({ forkedFrom: source, atSeq: 7 });
    const { forks, forkedFrom } = await kin(source);
    expect(forks.map(({ executionId, atSeq }) => [executionId, atSeq])).toEqual([
      [fork, 4],
      [another, 7],
    ]);
    expect(forkedFrom).toBeNull();
    expect((await kin(another)).forkedFrom).toMatchObject({ executionId: source, atSeq: 7 });
  });

  it('says that there are more than it gives', async () => {
    const source = await addExecution();
    const forks: string[] = [];
    for (let i = 0; i < 51; i += 1) forks.push(await addExecution({ forkedFrom: source, atSeq: 1 }));
    const found = await kin(source);
    expect(ids(found.forks)).toEqual(forks.slice(0, 50));
    expect(found.hasMore).toBe(true);
  });

  it('is of its own tenant alone', async () => {
    const source = await addExecution();
    const foreign = await addExecution({ tenant: 'globex', forkedFrom: source, atSeq: 2, parent: source });
    expect(await kin(source)).toMatchObject({ children: [], forks: [] });
    expect(await kin(foreign, 'globex')).toMatchObject({ parent: null, forkedFrom: null });
    expect(await kin(source, 'globex')).toMatchObject({ children: [], forks: [] });
    expect((await kin('of nobody')).forks).toEqual([]);
  });
});
