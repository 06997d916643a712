// Views that people name: theirs alone, each name once, and never more than can be looked at.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { listSavedViews } from '../queries/saved-views';
import { queryOfView, removeView, saveView } from './savedViews';

let database: TestDatabase;
let sql: postgres.Sql;
const mia = { tenant: 'acme', userId: 'mia' };
const query = queryOfView({ view: 'groups', params: { due: 'overdue' } });

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

describe('saved views', () => {
  it('are the text of an address, the same for the same view, without what is not known', () => {
    const params = { due: 'overdue', q: 'nord wind', priority: 'huge', workflow: 'A&B' };
    expect(queryOfView({ view: 'for-me', params })).toBe('view=for-me&q=nord+wind&due=overdue&workflow=A%26B');
    expect(query).toBe('view=groups&due=overdue');
  });

  it('belong to one person of one tenant', async () => {
    await saveView({ sql, ...mia, name: 'Late', query });
    expect(await listSavedViews(mia)).toEqual([{ name: 'Late', query }]);
    expect(await listSavedViews({ ...mia, userId: 'omar' })).toEqual([]);
    expect(await listSavedViews({ ...mia, tenant: 'globex' })).toEqual([]);
    await removeView({ sql, tenant: 'acme', userId: 'omar', name: 'Late' });
    await removeView({ sql, tenant: 'globex', userId: 'mia', name: 'Late' });
    expect(await listSavedViews(mia)).toHaveLength(1);
  });

  it('have each name once: it stands for what was saved last, and is gone when it is removed', async () => {
    await saveView({ sql, ...mia, name: 'Late', query: 'view=taken' });
    expect(await listSavedViews(mia)).toEqual([{ name: 'Late', query: 'view=taken' }]);
    await removeView({ sql, ...mia, name: 'Late' });
    await removeView({ sql, ...mia, name: 'Late' });
    expect(await listSavedViews(mia)).toEqual([]);
  });

  it('are fifty at most, of which each can still be changed', async () => {
    const many = { sql, tenant: 'acme', userId: 'many', query };
    for (let n = 1; n <= 50; n += 1) await saveView({ ...many, name: `View ${n}` });
    await expect(saveView({ ...many, name: 'One more' })).rejects.toThrow('Remove one first');
    await saveView({ ...many, name: 'View 7', query: 'view=done' });
    const views = await listSavedViews(many);
    expect(views).toHaveLength(50);
    expect(views.find(({ name }) => name === 'View 7')?.query).toBe('view=done');
  });
});
