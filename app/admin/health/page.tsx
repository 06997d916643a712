import type { Metadata } from 'next';
import { forbidden } from 'next/navigation';
import { PlatformFigures, TenantFigures, TenantsTable, WorkersTable } from '@/components/console/health';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { RefreshEvery } from '@/components/ui/refresh-every';
import { can, requireSession } from '@/lib/auth';
import { platformHealth, tenantHealth } from '@/lib/queries/health';

export const metadata: Metadata = { title: 'Health' };

export default async function HealthPage() {
  const session = await requireSession({ from: '/admin/health' });
  const seesPlatform = can(session, 'platform.read');
  const tenant = can(session, 'execution.read') ? session.tenant : null;
  if (!seesPlatform && tenant === null) forbidden();
  return (
    <main id="main" className="main p-health">
      <LiveRefresh topics={['execution', 'task']} />
      <RefreshEvery seconds={10} />
      <div className="hd">
        <h1 className="grow">Health</h1>
      </div>
      <PagePart skeleton={<ConsoleSkeleton />}>
        {seesPlatform ? <Platform /> : null}
        {tenant === null ? null : <Tenant tenant={tenant} />}
      </PagePart>
    </main>
  );
}

async function Platform() {
  const now = new Date();
  const health = await platformHealth({ now });
  return (
    <>
      <PlatformFigures health={health} nowMs={now.getTime()} />
      <section aria-labelledby="workers">
        <h2 id="workers">Workers</h2>
        <WorkersTable workers={health.workers} />
      </section>
      <section aria-labelledby="tenants">
        <h2 id="tenants">Tenants</h2>
        <TenantsTable tenants={health.tenants} />
      </section>
    </>
  );
}

async function Tenant({ tenant }: { readonly tenant: string }) {
  return <TenantFigures health={await tenantHealth({ tenant, now: new Date() })} />;
}
