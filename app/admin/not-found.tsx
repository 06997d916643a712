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
      <p>
        The address is wrong, or what it names is gone or belongs to another tenant. What there is stands in the lists
        of the console.
      </p>
    </StatePage>
  );
}
