import Link from 'next/link';
import { StatePage } from '@/components/shell/state-page';

export default function NotFound() {
  return (
    <StatePage
      title="There is nothing here"
      acts={
        <>
          <Link className="btn btn-primary" href="/inbox">
            Open the inbox
          </Link>
          <Link className="btn" href="/invoices">
            See the invoices
          </Link>
        </>
      }
    >
      <p>
        The address is wrong, or it belongs to another company. Check the link, or look for it in one of these lists.
      </p>
    </StatePage>
  );
}
