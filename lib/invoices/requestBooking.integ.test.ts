import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { attachWorkflow } from '../attachments/attachments';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { countToBook, getInvoice, listInvoices } from '../queries/invoices';
import { forgetEngine, publishRegistrations } from '../workflow';
import { bookingEventType } from './booking';
import { requestBooking } from './requestBooking';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await publishRegistrations([{ name: 'InvoiceBooking', version: '1' }]);
});
beforeEach(async () => {
  await sql`TRUNCATE invoices, invoice_lines, workflow_events, workflow_executions, workflow_bus_events, workflow_event_attachments`;
});
afterAll(async () => {
  forgetEngine();
  await closeDatabase();
  await sql.end();
  await database.drop();
});

const addInvoice = (
  id: string,
  more: { readonly tenant?: string; readonly status?: string; readonly number?: number } = {},
) => sql`
  INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
  VALUES (${id}, ${more.tenant ?? 'acme'}, ${more.number ?? 1}, 'Kiosk', 100, ${more.status ?? 'approved'}, 'alice')`;
async function attach(tenant: string) {
  const [row] = await sql<{ registration_id: string }[]>`SELECT registration_id FROM workflow_registrations`;
  const workflowId = row?.registration_id ?? '';
  await attachWorkflow({ sql, tenant, userId: null, eventType: bookingEventType, workflowId });
}
const request = (tenant = 'acme') => requestBooking({ tenant, userId: 'mia' });

describe('a request for booking', () => {
  it('starts an execution for each approved invoice of the tenant, and for none twice', async () => {
    await attach('acme');
    await addInvoice('one', { number: 1 });
    await addInvoice('two', { number: 2 });
    await addInvoice('open', { number: 3, status: 'submitted' });
    await addInvoice('abroad', { tenant: 'globex' });
    expect(await countToBook('acme')).toBe(2);
    expect(await request()).toEqual({ count: 2 });
    expect(await request()).toEqual({ count: 0 });
    expect(await countToBook('acme')).toBe(0);
    const started = await sql`SELECT tenant_id, workflow_name, subject FROM workflow_executions ORDER BY subject`;
    expect(started).toEqual([
      { tenant_id: 'acme', workflow_name: 'InvoiceBooking', subject: 'INV-0001 · Kiosk' },
      { tenant_id: 'acme', workflow_name: 'InvoiceBooking', subject: 'INV-0002 · Kiosk' },
    ]);
    const { rows } = await listInvoices({ tenant: 'acme', reader: 'mia' });
    expect(new Map(rows.map(({ id, booking }) => [id, booking]))).toEqual(
      new Map([
        ['one', 'asked'],
        ['two', 'asked'],
        ['open', null],
      ]),
    );
  });

  it('sends each invoice once when two ask at the same time', async () => {
    await attach('acme');
    for (const number of [1, 2, 3, 4, 5, 6]) await addInvoice(`invoice ${number}`, { number });
    const answers = await Promise.all([request(), request(), request()]);
    expect(answers.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(await sql`SELECT 1 FROM workflow_executions`).toHaveLength(6);
  });

  it('is refused, and marks nothing, where nothing in the tenant books invoices', async () => {
    await attach('globex');
    await addInvoice('one');
    expect(await countToBook('acme')).toBe(0);
    await expect(request()).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await getInvoice({ tenant: 'acme', invoiceId: 'one', reader: 'mia' })).toMatchObject({ booking: null });
  });
});
