import type { Metadata } from 'next';
import Link from 'next/link';
import { ExecutionChips, ExecutionViews, hrefOf } from '@/components/console/execution-filters';
import { ExecutionsTable } from '@/components/console/executions-table';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { requireTenantPermission } from '@/lib/auth';
import { countExecutions, listExecutions, parseExecutionFilter, type ExecutionFilter } from '@/lib/queries/executions';

export const metadata: Metadata = { title: 'Executions' };

type Params = Readonly<Record<string, string | string[] | undefined>>;

export default async function ExecutionsPage({ searchParams }: { readonly searchParams: Promise<Params> }) {
  const session = await requireTenantPermission('execution.read', { from: '/admin/executions' });
  const params = await searchParams;
  const filter = parseExecutionFilter({
    status: one(params.status),
    waiting: one(params.waiting),
    workflow: one(params.workflow),
    stuck: one(params.stuck),
  });
  return (
    <main id="main" className="main p-executions">
      <LiveRefresh topics={['execution', 'task']} />
      <div className="hd">
        <h1 className="grow">Executions</h1>
      </div>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Executions tenant={session.tenant} filter={filter} cursor={one(params.before) ?? null} />
      </PagePart>
    </main>
  );
}

async function Executions({
  tenant,
  filter,
  cursor,
}: {
  readonly tenant: string;
  readonly filter: ExecutionFilter;
  readonly cursor: string | null;
}) {
  const [page, counts] = await Promise.all([
    listExecutions({ tenant, filter, cursor }),
    countExecutions({ tenant, workflow: filter.workflow }),
  ]);
  return (
    <>
      <ExecutionViews filter={filter} counts={counts} />
      <div className="filters">
        <ExecutionChips filter={filter} counts={counts} />
        <span className="end tnum" role="status">
          {counts.all.toLocaleString('en')} in all, live
        </span>
      </div>
      {page.rows.length > 0 ? (
        <ExecutionsTable key={hrefOf(filter, cursor ?? undefined)} rows={page.rows} />
      ) : (
        <Nothing isFiltered={hrefOf(filter) !== '/admin/executions' || cursor !== null} />
      )}
      {page.nextCursor || cursor ? (
        <nav className="pager" aria-label="Pages">
          {cursor ? (
            <Link className="btn" href={hrefOf(filter)}>
              <Icon name="left" />
              Newest
            </Link>
          ) : null}
          {page.nextCursor ? (
            <Link className="btn" href={hrefOf(filter, page.nextCursor)}>
              Older
              <Icon name="right" />
            </Link>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <div className="empty">
        <b>No execution matches</b>
        <p className="soft">Take a filter away, or look at all of them.</p>
        <Link className="btn" href="/admin/executions">
          Show all
        </Link>
      </div>
    );
  }
  return (
    <div className="empty">
      <b>No executions yet</b>
      <p className="soft">Submit an invoice, or send the event that starts one:</p>
      <code className="code" tabIndex={0}>
        {`await submitWorkflowEventAction({
  event_type: 'INVOICE_SUBMITTED',
  payload: { invoiceId: 'inv-123', submittedBy: 'user-456' },
});`}
      </code>
      <div className="row">
        <Link className="btn btn-primary" href="/invoices/new">
          <Icon name="plus" />
          New invoice
        </Link>
        <Link className="btn" href="/admin/attachments">
          See what events start
        </Link>
      </div>
    </div>
  );
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
