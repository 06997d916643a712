import Link from 'next/link';
import { StatePage } from '@/components/shell/state-page';

export default function Forbidden() {
  return (
    <StatePage
      title="This is not yours to open"
      acts={
        <Link className="btn btn-primary" href="/">
          Go to the start
        </Link>
      }
    >
      <p>
        It exists, but it is meant for other people. If you should see it, ask an administrator for the role that goes
        with it.
      </p>
    </StatePage>
  );
}
