import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { loadSession } from './accounts';
import { hashPassword } from './password';
import { signInByPassword, signInToDemo } from './signIn';
import { createSignInLimiter } from './signInLimiter';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme')`;
  await sql`
    INSERT INTO users (user_id, email, name, tenant_id, password_hash)
    VALUES ('mia', 'mia@acme.test', 'Mia Rossi', 'acme', ${await hashPassword('demo')}),
           ('bot', 'bot@acme.test', 'A bot', 'acme', NULL)`;
  await sql`INSERT INTO user_roles (user_id, role) VALUES ('mia', 'manager')`;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

describe('sign-in by password', () => {
  const trial = ({ limiter = createSignInLimiter(), email = 'mia@acme.test', password = 'demo', nowMs = 0 }) =>
    signInByPassword({ sql, limiter, email, password, nowMs });

  it('gives the person, however the address is written', async () => {
    expect(await trial({ email: ' Mia@ACME.test ' })).toEqual({ kind: 'signedIn', userId: 'mia' });
  });

  it.each([
    { email: 'mia@acme.test', password: 'Demo' },
    { email: 'nobody@acme.test', password: 'demo' },
    { email: 'bot@acme.test', password: '' },
    { email: 'bot@acme.test', password: 'nobody has this password' },
  ])('is refused for $email with $password, without telling why', async (credentials) => {
    expect(await trial(credentials)).toEqual({ kind: 'refused' });
  });

  it('is refused after too many failures even with the right password, until some time has passed', async () => {
    const limiter = createSignInLimiter({ maxFailures: 2, windowMs: 1000 });
    await trial({ limiter, password: 'x' });
    await trial({ limiter, password: 'y' });
    expect(await trial({ limiter, nowMs: 400 })).toEqual({ kind: 'tooManyFailures', waitMs: 600 });
    expect(await trial({ limiter, nowMs: 1000 })).toEqual({ kind: 'signedIn', userId: 'mia' });
  });
});

describe('sign-in to the demo', () => {
  it('needs no password', async () => {
    expect(await signInToDemo({ sql, isDemo: true, email: 'mia@acme.test' })).toEqual({
      kind: 'signedIn',
      userId: 'mia',
    });
    expect(await signInToDemo({ sql, isDemo: true, email: 'nobody@acme.test' })).toEqual({ kind: 'refused' });
  });

  it('is refused where the product is no demo', async () => {
    expect(await signInToDemo({ sql, isDemo: false, email: 'mia@acme.test' })).toEqual({ kind: 'refused' });
  });
});

describe('a session', () => {
  it('has the roles of this moment', async () => {
    expect(await loadSession({ sql, userId: 'mia' })).toEqual({
      userId: 'mia',
      email: 'mia@acme.test',
      name: 'Mia Rossi',
      tenant: 'acme',
      roles: ['manager'],
    });
    await sql`DELETE FROM user_roles WHERE user_id = 'mia'`;
    expect((await loadSession({ sql, userId: 'mia' }))?.roles).toEqual([]);
  });

  it('is none for somebody who is gone', async () => {
    expect(await loadSession({ sql, userId: 'gone' })).toBeNull();
  });
});
