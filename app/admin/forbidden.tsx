import Link from 'next/link';
import { StatePage } from '@/components/shell/state-page';

export default function Forbidden() {
  return (
    <StatePage
      title="This part of the console is not yours to open"
      acts={
        <Link className="btn btn-primary" href="/admin">
          Go to what you may open
        </Link>
      }
    >
      <p>
        Executions and attachments belong to one tenant; workers and queues to the platform. Your account has the other.
      </p>
    </StatePage>
  );
}
