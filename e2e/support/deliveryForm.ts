// A form of a tenant's own with every kind of field, for a task that people know already: the review of an invoice.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from './database';

export const deliveryForm = {
  type: 'object',
  properties: {
    summary: {
      type: 'string',
      title: 'What arrived',
      readOnly: true,
      default: '$<contextData.customer> charges ${contextData.amountText}.\nWrite $${notes} below.',
    },
    isComplete: { type: 'boolean', title: 'Is everything there?' },
    checkedOn: { type: 'string', format: 'date', title: 'Checked on' },
    arrivedAt: { type: 'string', format: 'date-time', title: 'Arrived at' },
    packing: { type: 'string', title: 'Packing', enum: ['Box', 'Pallet'] },
    damages: {
      type: 'array',
      title: 'Damages',
      uniqueItems: true,
      items: { type: 'string', enum: ['Wet', 'Dented', 'Open'] },
    },
    carrier: {
      type: 'object',
      title: 'Carrier',
      properties: {
        name: { type: 'string', title: 'Name of the carrier' },
        phone: { type: 'string', title: 'Phone' },
      },
      required: ['name'],
    },
    parcels: {
      type: 'array',
      title: 'Parcels',
      minItems: 1,
      items: {
        type: 'object',
        properties: { label: { type: 'string', title: 'Label' }, weight: { type: 'number', title: 'Weight in kg' } },
        required: ['label'],
      },
    },
    comment: { type: 'string', title: 'Comment' },
  },
  required: ['isComplete', 'checkedOn', 'carrier', 'parcels'],
  if: { properties: { isComplete: { const: false } }, required: ['isComplete'] },
  then: {
    properties: { deduction: { type: 'integer', title: 'Amount to deduct', minimum: 1 } },
    required: ['deduction'],
  },
  'x-outcomes': [
    { value: 'approve', title: 'Approve', tone: 'primary', confirm: 'Approve the invoice of ${contextData.customer}?' },
    { value: 'reject', title: 'Reject', tone: 'danger', required: ['comment'] },
  ],
};

const deliveryUi = {
  deduction: { 'ui:options': { currency: 'EUR', minorUnits: true } },
  comment: { 'ui:widget': 'textarea' },
  'ui:order': ['*', 'deduction', 'comment'],
};

/** Founds a tenant whose invoices are reviewed with this form. */
export async function foundTenantWithForm({ sql }: Database): Promise<string> {
  const tenant = `delivery-${randomBytes(4).toString('hex')}`;
  await sql.begin(async (tx) => {
    await tx`INSERT INTO tenants (tenant_id, name) VALUES (${tenant}, ${tenant})`;
    await tx`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      SELECT ${randomUUID()}, ${tenant}, 'INVOICE_SUBMITTED', registration_id
      FROM workflow_registrations WHERE name = 'InvoiceReview'`;
    await tx`
      INSERT INTO workflow_task_definitions
        (task_definition_id, tenant_id, task_type, name, form_type, form_name, default_roles)
      VALUES (${randomUUID()}, ${tenant}, 'invoice_review', 'Check of a delivery', 'tenant', 'delivery-form',
        ARRAY['manager'])`;
  });
  await publishDeliveryForm({ sql }, { tenant, version: 1, jsonSchema: deliveryForm });
  return tenant;
}

export async function publishDeliveryForm(
  { sql }: Pick<Database, 'sql'>,
  { tenant, version, jsonSchema }: { readonly tenant: string; readonly version: number; readonly jsonSchema: object },
): Promise<void> {
  await sql`
    INSERT INTO workflow_form_definitions (form_id, tenant_id, name, version, json_schema, ui_schema)
    VALUES (${randomUUID()}, ${tenant}, 'delivery-form', ${version}, ${JSON.stringify(jsonSchema)}::text::json,
      ${JSON.stringify(deliveryUi)}::text::json)`;
}
