import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { attachWorkflow } from '../attachments/attachments';
import { forgetEngine, publishRegistrations } from '../workflow';
import { createInvoice } from './createInvoice';
import { type InvoiceInput, invoiceInputSchema } from './invoiceInput';

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`
    INSERT INTO users (user_id, email, name, tenant_id)
    VALUES ('alice', 'alice@acme.test', 'Alice Chen', 'acme'), ('gus', 'gus@globex.test', 'Gus Weber', 'globex')`;
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

const input: InvoiceInput = {
  customer: 'Nordwind Logistics',
  lines: [
    { description: 'Euro pallet', quantity: 40, unitCents: 20_000 },
    { description: 'Freight', quantity: 1, unitCents: 42_000 },
  ],
  note: '12 more were delivered.',
};
const submit = ({
  tenant = 'acme',
  userId = 'alice',
  ...changes
}: Partial<InvoiceInput> & { tenant?: string; userId?: string } = {}) =>
  createInvoice({ tenant, userId, ...invoiceInputSchema.parse({ ...input, ...changes }) });

describe('createInvoice', () => {
  it('stores the invoice with its lines and submits the event', async () => {
    const created = await submit({ isUrgent: true });
    expect(created).toMatchObject({ invoiceNumber: 'INV-0001', executionIds: [] });
    const [invoice] = await sql`SELECT * FROM invoices`;
    expect(invoice).toMatchObject({
      id: created.invoiceId,
      tenant_id: 'acme',
      number: 1,
      customer: 'Nordwind Logistics',
      amount_cents: '842000',
      currency: 'EUR',
      note: '12 more were delivered.',
      status: 'submitted',
      created_by: 'alice',
    });
    expect(await sql`SELECT position, description, quantity, unit_cents FROM invoice_lines ORDER BY position`).toEqual([
      { position: 1, description: 'Euro pallet', quantity: 40, unit_cents: '20000' },
      { position: 2, description: 'Freight', quantity: 1, unit_cents: '42000' },
    ]);
    const [event] = await sql`SELECT * FROM workflow_bus_events`;
    expect(event).toMatchObject({
      event_id: created.eventId,
      tenant_id: 'acme',
      event_type: 'INVOICE_SUBMITTED',
      event_name: 'INVOICE_SUBMITTED',
      user_id: 'alice',
      subject: 'INV-0001 · Nordwind Logistics',
      payload: {
        invoiceId: created.invoiceId,
        invoiceNumber: 'INV-0001',
        customer: 'Nordwind Logistics',
        amountCents: 842_000,
        amountText: '€8,420.00',
        currency: 'EUR',
        note: '12 more were delivered.',
        lineSummary: '40 × Euro pallet at €200.00\n1 × Freight at €420.00',
        requesterId: 'alice',
        requesterName: 'Alice Chen',
        isUrgent: true,
      },
    });
  });

  it('starts what the tenant attached, and nothing for a tenant without attachments', async () => {
    await publishRegistrations([{ name: 'InvoiceReview', version: '1', description: 'Decides on invoices' }]);
    const [registration] = await sql<{ registration_id: string }[]>`SELECT registration_id FROM workflow_registrations`;
    const workflowId = registration?.registration_id ?? '';
    await attachWorkflow({ sql, tenant: 'acme', userId: null, eventType: 'INVOICE_SUBMITTED', workflowId });
    const acme = await submit();
    const globex = await submit({ tenant: 'globex', userId: 'gus' });
    expect(acme.executionIds).toHaveLength(1);
    expect(globex.executionIds).toEqual([]);
    expect(
      await sql`SELECT execution_id, tenant_id, subject, started_by, started_by_event_id FROM workflow_executions`,
    ).toEqual([
      {
        execution_id: acme.executionIds[0],
        tenant_id: 'acme',
        subject: 'INV-0001 · Nordwind Logistics',
        started_by: 'alice',
        started_by_event_id: acme.eventId,
      },
    ]);
  });

  it('leaves nothing behind when the event cannot be stored', async () => {
    await sql`ALTER TABLE workflow_bus_events ADD CONSTRAINT no_more CHECK (false) NOT VALID`;
    try {
      await expect(submit()).rejects.toThrow('no_more');
    } finally {
      await sql`ALTER TABLE workflow_bus_events DROP CONSTRAINT no_more`;
    }
    expect(await sql`SELECT 1 FROM invoices`).toHaveLength(0);
    expect(await sql`SELECT 1 FROM invoice_lines`).toHaveLength(0);
    // The number that was given up is the next one's.
    expect((await submit()).invoiceNumber).toBe('INV-0001');
  });

  it('numbers each tenant on its own, without gaps or doubles however many submit at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        index % 3 === 0 ? submit({ tenant: 'globex', userId: 'gus' }) : submit(),
      ),
    );
    expect(new Set(all.map(({ invoiceId }) => invoiceId)).size).toBe(24);
    const numbers = async (tenant: string) =>
      (await sql<{ number: number }[]>`SELECT number FROM invoices WHERE tenant_id = ${tenant} ORDER BY number`).map(
        (row) => row.number,
      );
    expect(await numbers('acme')).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(await numbers('globex')).toEqual(Array.from({ length: 8 }, (_, index) => index + 1));
  });

  it('refuses a tenant that does not exist', async () => {
    await expect(submit({ tenant: 'nobody' })).rejects.toThrow('No tenant nobody exists.');
  });
});
