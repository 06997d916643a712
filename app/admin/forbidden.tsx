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
        Your roles do not open this page: some parts belong to a tenant, others to the platform, and some to
        administrators alone. What you may open stands in the menu.
      </p>
    </StatePage>
  );
}
