import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSession } from '../../lib/auth/accounts';
import { signInByPassword } from '../../lib/auth/signIn';
import { createSignInLimiter } from '../../lib/auth/signInLimiter';
import { closeDatabase } from '../../lib/db/client';
import { createTestDatabase, type TestDatabase } from '../../lib/db/testing/testDatabase';
import { forgetEngine, publishRegistrations } from '../../lib/workflow';
import { seedDemoAttachments } from './demoAttachments';
import { seedDemoInvoices } from './demoInvoices';
import { seedDemoPeople } from './demoPeople';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LOG_LEVEL', 'silent');
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  forgetEngine();
  await closeDatabase();
  await sql.end();
  await database.drop();
});

describe('the demo', () => {
  it('has five people, each with the password demo', async () => {
    await seedDemoPeople({ sql });
    const ids = ['alice', 'mia', 'omar', 'gus', 'pat'];
    const sessions = await Promise.all(ids.map((userId) => loadSession({ sql, userId })));
    expect(sessions.map((session) => [session?.email, session?.tenant, session?.roles])).toEqual([
      ['alice@acme.test', 'acme', ['requester']],
      ['mia@acme.test', 'acme', ['manager']],
      ['omar@acme.test', 'acme', ['administrator']],
      ['gus@globex.test', 'globex', ['administrator', 'manager']],
      ['pat@baton.test', null, ['platform_operator']],
    ]);
    for (const userId of ids) {
      const email = sessions.find((session) => session?.userId === userId)?.email ?? '';
      const outcome = await signInByPassword({
        sql,
        limiter: createSignInLimiter(),
        email,
        password: 'demo',
        nowMs: 0,
      });
      expect(outcome).toEqual({ kind: 'signedIn', userId });
    }
  });

  it('leaves people alone who exist already', async () => {
    await sql`DELETE FROM user_roles WHERE user_id = 'mia'`;
    await seedDemoPeople({ sql });
    expect((await loadSession({ sql, userId: 'mia' }))?.roles).toEqual([]);
  });

  it('attaches the review and the booking of invoices for acme alone, and once', async () => {
    await expect(seedDemoAttachments({ sql })).rejects.toThrow('InvoiceReview is not registered');
    await publishRegistrations(['InvoiceReview', 'InvoiceBooking'].map((name) => ({ name, version: '1' })));
    await seedDemoAttachments({ sql });
    await seedDemoAttachments({ sql });
    const attachments = () => sql`
      SELECT tenant_id, event_type, is_active FROM workflow_event_attachments ORDER BY event_type`;
    expect(await attachments()).toEqual([
      { tenant_id: 'acme', event_type: 'INVOICE_BOOKING_REQUESTED', is_active: true },
      { tenant_id: 'acme', event_type: 'INVOICE_SUBMITTED', is_active: true },
    ]);
  });

  it('does not attach again what somebody has detached', async () => {
    await sql`UPDATE workflow_event_attachments SET is_active = false`;
    await seedDemoAttachments({ sql });
    expect(await sql`SELECT 1 FROM workflow_event_attachments WHERE is_active`).toHaveLength(0);
    await sql`UPDATE workflow_event_attachments SET is_active = true`;
  });

  it('submits its invoices once: three for a manager, two below the limit', async () => {
    await seedDemoInvoices({ sql });
    await seedDemoInvoices({ sql });
    const invoices = await sql<
      { number: number; amount_cents: string }[]
    >`SELECT number, amount_cents FROM invoices ORDER BY number`;
    expect(invoices.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(invoices.filter(({ amount_cents }) => Number(amount_cents) > 100_000)).toHaveLength(3);
    const [row] = await sql`SELECT count(*)::int AS count FROM workflow_executions WHERE tenant_id = 'acme'`;
    expect(row).toEqual({ count: 5 });
  });

  it('goes on where a seed was cut short', async () => {
    await sql`DELETE FROM invoice_lines USING invoices WHERE invoice_id = id AND number > 3`;
    await sql`DELETE FROM invoices WHERE number > 3`;
    await seedDemoInvoices({ sql });
    expect(await sql`SELECT customer FROM invoices ORDER BY number OFFSET 3`).toEqual([
      { customer: 'Tavolo Catering' },
      { customer: 'Ferrum Machine Works' },
    ]);
  });
});
