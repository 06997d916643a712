import type { Metadata } from 'next';
import { DeadLettersTable } from '@/components/console/dead-letters';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { can, requireTenantPermission } from '@/lib/auth';
import { listDeadLetters } from '@/lib/queries/deadLetters';
import { redriveDeadLetterAction } from './actions';

export const metadata: Metadata = { title: 'Dead letters' };

export default async function DeadLettersPage() {
  const session = await requireTenantPermission('execution.read', { from: '/admin/dead-letters' });
  return (
    <main id="main" className="main p-dead-letters">
      <LiveRefresh topics={['execution']} />
      <div className="hd">
        <h1 className="grow">Dead letters</h1>
      </div>
      <p className="lead">
        What could not go on by itself and was put aside, so that everything else goes on. Mend the cause, then redrive.
      </p>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Letters tenant={session.tenant} mayRedrive={can(session, 'deadLetter.redrive')} />
      </PagePart>
    </main>
  );
}

async function Letters({ tenant, mayRedrive }: { readonly tenant: string; readonly mayRedrive: boolean }) {
  const letters = await listDeadLetters({ tenant, open: false, limit: 200 });
  if (letters.length === 0) {
    return (
      <div className="empty">
        <b>Nothing is put aside</b>
        <p className="soft">
          Code that never yields, rows that cannot be written and events that came after the end appear here.
        </p>
      </div>
    );
  }
  return <DeadLettersTable letters={letters} mayRedrive={mayRedrive} redrive={redriveDeadLetterAction} />;
}
