// The first invoices of the demo, submitted like any other: three wait for Mia, two are small enough to pass. Those two share
// a product: booked, they wait for the same answer.
import type postgres from 'postgres';
import { createInvoice } from '../../lib/invoices/createInvoice';
import { type InvoiceInput, invoiceInputSchema } from '../../lib/invoices/invoiceInput';

const TENANT = 'acme';

const invoices: readonly InvoiceInput[] = [
  {
    customer: 'Nordwind Logistics',
    lines: [
      { description: 'Euro pallet, 1200 × 800 mm', quantity: 40, unitCents: 20_000 },
      { description: 'Freight, Hamburg to Lyon', quantity: 1, unitCents: 42_000 },
    ],
    note: '28 pallets were ordered, 12 more were delivered. We kept them.',
  },
  {
    customer: 'Brightleaf Stationery',
    lines: [
      { description: 'Copy paper, box of 5', quantity: 12, unitCents: 2450 },
      { description: 'Delivery', quantity: 1, unitCents: 1250 },
    ],
  },
  {
    customer: 'Helios Energy',
    lines: [{ description: 'Electricity, October', quantity: 1, unitCents: 318_640 }],
    note: 'A reminder came with it: payable by Friday.',
    isUrgent: true,
  },
  {
    customer: 'Tavolo Catering',
    lines: [
      { description: 'Lunch for the supplier day', quantity: 25, unitCents: 1890 },
      { description: 'Delivery', quantity: 1, unitCents: 3500 },
    ],
  },
  {
    customer: 'Ferrum Machine Works',
    lines: [
      { description: 'Conveyor belt, 12 m', quantity: 2, unitCents: 241_500 },
      { description: 'Mounting, per hour', quantity: 9, unitCents: 8_800 },
    ],
    note: 'Replaces the belt that broke in hall 2.',
  },
];

/**
 * Submits the demo's invoices on the very first seed. A seed that was cut short goes on where it stopped; afterwards
 * the tenant has at least as many invoices as there are here, and nothing is added.
 */
export async function seedDemoInvoices({ sql }: { readonly sql: postgres.Sql }): Promise<void> {
  const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM invoices WHERE tenant_id = ${TENANT}`;
  for (const invoice of invoices.slice(row?.count ?? 0)) {
    await createInvoice({ tenant: TENANT, userId: 'alice', ...invoiceInputSchema.parse(invoice) });
  }
}
