import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { attachmentSchema, attachWorkflow, detachWorkflow } from './attachments';

let database: TestDatabase;
let sql: postgres.Sql;
const system = randomUUID();
const ofAcme = randomUUID();
const eventType = 'INVOICE_SUBMITTED';

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`
    INSERT INTO workflow_registrations (registration_id, tenant_id, name, current_version)
    VALUES (${system}, NULL, 'InvoiceReview', '1'), (${ofAcme}, 'acme', 'Special', '1')`;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const active = async (tenant: string) =>
  (
    await sql<{ workflow_id: string }[]>`
      SELECT workflow_id FROM workflow_event_attachments WHERE tenant_id = ${tenant} AND is_active`
  ).map((row) => row.workflow_id);

describe('attachments', () => {
  it('link a system workflow for one tenant alone, once however often it is asked', async () => {
    await attachWorkflow({ sql, tenant: 'globex', userId: 'gus', eventType, workflowId: system });
    await attachWorkflow({ sql, tenant: 'globex', userId: 'gus', eventType, workflowId: system });
    expect(await active('globex')).toEqual([system]);
    expect(await active('acme')).toEqual([]);
  });

  it('end and begin again', async () => {
    await detachWorkflow({ sql, tenant: 'globex', eventType, workflowId: system });
    expect(await active('globex')).toEqual([]);
    await attachWorkflow({ sql, tenant: 'globex', userId: 'gus', eventType, workflowId: system });
    expect(await active('globex')).toEqual([system]);
  });

  it("never link or end what is another tenant's", async () => {
    await attachWorkflow({ sql, tenant: 'acme', userId: 'omar', eventType, workflowId: ofAcme });
    await expect(
      attachWorkflow({ sql, tenant: 'globex', userId: 'gus', eventType, workflowId: ofAcme }),
    ).rejects.toMatchObject({ code: 'workflow_not_found', httpStatus: 404 });
    await expect(detachWorkflow({ sql, tenant: 'globex', eventType, workflowId: ofAcme })).rejects.toMatchObject({
      code: 'attachment_not_found',
      httpStatus: 404,
    });
    expect(await active('acme')).toEqual([ofAcme]);
  });

  it('need an event type that can be one', () => {
    expect(attachmentSchema.safeParse({ eventType: ' INVOICE_PAID ', workflowId: system }).data?.eventType).toBe(
      'INVOICE_PAID',
    );
    expect(attachmentSchema.safeParse({ eventType: 'invoice paid', workflowId: system }).success).toBe(false);
    expect(attachmentSchema.safeParse({ eventType, workflowId: 'x' }).success).toBe(false);
  });
});
