import Link from 'next/link';
import { StatePage } from '@/components/shell/state-page';

export default function NotFound() {
  return (
    <StatePage
      title="There is nothing here"
      acts={
        <Link className="btn btn-primary" href="/admin">
          Open the console
        </Link>
      }
    >
      <p>The id is wrong, or it belongs to another tenant. Executions of yours are in the list.</p>
    </StatePage>
  );
}
