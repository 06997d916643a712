import Link from 'next/link';
import type { InvoiceRow } from '@/lib/queries/invoices';
import { Time } from '@/components/ui/time';
import { InvoiceStatusMark } from './invoice-status';

const bookingText = { asked: 'being booked', booked: 'booked' } as const;

/** The invoices of a company, newest first. Each row opens its invoice. */
export function InvoiceList({ rows, hasMore }: { readonly rows: readonly InvoiceRow[]; readonly hasMore: boolean }) {
  return (
    <>
      <table className="inv-t">
        <thead>
          <tr>
            <th scope="col">Invoice</th>
            <th scope="col" className="opt">
              Submitted
            </th>
            <th scope="col">Status</th>
            <th scope="col" className="r">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="who">
                <Link href={`/invoices/${row.id}`}>{row.customer}</Link>
                <span className="sub">{row.number}</span>
              </td>
              <td className="opt">
                <Time at={row.createdAt} style="calendar" />
                <span className="sub">by {row.byReader ? 'you' : row.submittedByName}</span>
              </td>
              <td>
                <InvoiceStatusMark status={row.status} stage={row.stage} />
                {row.booking ? <span className="sub">{bookingText[row.booking]}</span> : null}
              </td>
              <td className="r amount">{row.amountText}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasMore ? <p className="help more-note">These are the {rows.length} newest.</p> : null}
    </>
  );
}

/** The list before it is read: rows of the same height. */
export function InvoiceListSkeleton() {
  return (
    <div className="sk-list" role="status" aria-label="Loading the invoices">
      {['sk-45', 'sk-30', 'sk-60', 'sk-45'].map((width, row) => (
        <div key={row}>
          <span className={`sk ${width}`} />
          <span className="sk sk-s" />
        </div>
      ))}
    </div>
  );
}
