import type { Metadata } from 'next';
import Link from 'next/link';
import { InvoiceForm } from '@/components/invoices/invoice-form';
import { Icon } from '@/components/ui/icons';
import { requirePermission } from '@/lib/auth';
import { createInvoiceAction } from '../../../invoices/actions';

export const metadata: Metadata = { title: 'New invoice' };

export default async function NewInvoicePage() {
  await requirePermission('invoice.create', { from: '/invoices/new' });
  return (
    <main id="main" className="p-new-invoice on-surface">
      <Link className="btn btn-ghost back" href="/invoices">
        <Icon name="left" />
        Invoices
      </Link>
      <h1>New invoice</h1>
      <InvoiceForm create={createInvoiceAction} />
    </main>
  );
}
