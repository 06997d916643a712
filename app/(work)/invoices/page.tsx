import type { Metadata } from 'next';
import Link from 'next/link';
import { BookInvoices } from '@/components/invoices/book-invoices';
import { InvoiceList, InvoiceListSkeleton } from '@/components/invoices/invoice-list';
import { PagePart } from '@/components/shell/page-part';
import { CutLine } from '@/components/shell/state-page';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { can, requireTenantPermission } from '@/lib/auth';
import { countToBook, listInvoices } from '@/lib/queries/invoices';
import { bookInvoicesAction } from '../../invoices/actions';

export const metadata: Metadata = { title: 'Invoices' };

export default async function InvoicesPage() {
  const session = await requireTenantPermission('invoice.read', { from: '/invoices' });
  const maySubmit = can(session, 'invoice.create');
  const toBook = can(session, 'invoice.book') ? await countToBook(session.tenant) : 0;
  return (
    <main id="main" className="p-invoices on-surface">
      <LiveRefresh topics={['invoice', 'task', 'execution']} />
      <div className="hd">
        <h1 className="grow">Invoices</h1>
        {toBook > 0 ? <BookInvoices count={toBook} book={bookInvoicesAction} /> : null}
        {maySubmit ? (
          <Link className="btn btn-primary" href="/invoices/new">
            <Icon name="plus" />
            New invoice
          </Link>
        ) : null}
      </div>
      <PagePart skeleton={<InvoiceListSkeleton />}>
        <Invoices tenant={session.tenant} reader={session.userId} maySubmit={maySubmit} />
      </PagePart>
    </main>
  );
}

async function Invoices({
  tenant,
  reader,
  maySubmit,
}: {
  readonly tenant: string;
  readonly reader: string;
  readonly maySubmit: boolean;
}) {
  const { rows, hasMore } = await listInvoices({ tenant, reader });
  if (rows.length > 0) return <InvoiceList rows={rows} hasMore={hasMore} />;
  return (
    <div className="empty">
      <CutLine />
      <b>No invoices yet</b>
      <p className="soft">
        Submit one and watch it move: up to €1,000 it is approved at once, above that a manager is asked.
      </p>
      {maySubmit ? (
        <Link className="btn btn-primary" href="/invoices/new">
          <Icon name="plus" />
          New invoice
        </Link>
      ) : null}
    </div>
  );
}
