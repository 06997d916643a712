import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { InvoiceStatusMark, ProgressList } from '@/components/invoices/invoice-status';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { Time } from '@/components/ui/time';
import { can, requireTenantPermission } from '@/lib/auth';
import { getInvoice, type InvoiceDetail } from '@/lib/queries/invoices';

interface Address {
  readonly params: Promise<{ readonly id: string }>;
}

const load = cache(async (invoiceId: string) => {
  const session = await requireTenantPermission('invoice.read', { from: `/invoices/${invoiceId}` });
  const invoice = await getInvoice({ tenant: session.tenant, invoiceId, reader: session.userId });
  if (!invoice) notFound();
  return { invoice, seesConsole: can(session, 'execution.read') };
});

export async function generateMetadata({ params }: Address): Promise<Metadata> {
  return { title: `Invoice ${(await load((await params).id)).invoice.number}` };
}

export default async function InvoicePage({ params }: Address) {
  const { invoice, seesConsole } = await load((await params).id);
  return (
    <main id="main" className="p-invoice on-surface">
      <LiveRefresh topics={['invoice', 'task', 'execution']} />
      <div className="wrap">
        <Link className="btn btn-ghost back" href="/invoices">
          <Icon name="left" />
          Invoices
        </Link>
        <div className="sum">
          <div>
            <div className="row sum-head">
              <h1>Invoice {invoice.number}</h1>
              <InvoiceStatusMark badge status={invoice.status} stage={invoice.stage} />
            </div>
            <p className="who">
              {invoice.customer}, submitted by {invoice.byReader ? 'you' : invoice.submittedByName}{' '}
              <Time at={invoice.createdAt} style="calendar" />
            </p>
            <p className="big">{invoice.amountText}</p>
          </div>
          {seesConsole && invoice.executionIds[0] ? (
            <div className="acts">
              <Link className="btn" href={`/admin/executions/${invoice.executionIds[0]}`}>
                <Icon name="flow" />
                Open in the console
              </Link>
            </div>
          ) : null}
        </div>
        <div className="main-c">
          {invoice.decisionComment ? (
            <blockquote className="comment">
              <p>{invoice.decisionComment}</p>
              <footer>{invoice.decidedByName ?? 'Whoever decided'} wrote this with the decision</footer>
            </blockquote>
          ) : null}
          <h2>What was delivered</h2>
          <Lines invoice={invoice} />
          {invoice.booking === 'asked' ? (
            <p className="help">
              This is being booked. Where a product has no QuickBooks item yet, a manager names it.
            </p>
          ) : null}
          {invoice.note ? (
            <section className="note-s">
              <h2>Note</h2>
              <p>{invoice.note}</p>
            </section>
          ) : null}
        </div>
        <section className="prog" aria-labelledby="where">
          <h2 id="where">Where it is</h2>
          <ProgressList steps={invoice.steps} />
        </section>
      </div>
    </main>
  );
}

function Lines({ invoice }: { readonly invoice: InvoiceDetail }) {
  return (
    <table className="lines">
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col" className="r opt">
            Quantity
          </th>
          <th scope="col" className="r opt">
            Each
          </th>
          <th scope="col" className="r">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {invoice.lines.map((line) => (
          <tr key={line.position}>
            <td>
              {line.description}
              <small className="only-s">
                {line.quantity} at {line.unitText}
              </small>
              {line.quickbooksItem ? <small>Booked on {line.quickbooksItem}</small> : null}
            </td>
            <td className="r opt">{line.quantity}</td>
            <td className="r opt">{line.unitText}</td>
            <td className="r">{line.sumText}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td>Total</td>
          <td className="opt" />
          <td className="opt" />
          <td className="r">{invoice.amountText}</td>
        </tr>
      </tfoot>
    </table>
  );
}
